/** What completion and inspection say of names that a module passes on from another: the thing itself, not "alias". */
import type * as Tslab from '@tslab/typescript-for-tslab';

type TypeScript = typeof Tslab;

/** Completions with the kind of what each alias stands for; `position` is that of the cursor. */
export function resolveKinds<T extends {entries: Tslab.CompletionEntry[]}>(
  ts: TypeScript,
  checker: Tslab.TypeChecker,
  file: Tslab.SourceFile,
  position: number,
  found: T,
): T {
  const aliases = found.entries.filter(({kind}) => kind === ts.ScriptElementKind.alias);
  if (aliases.length === 0) return found;
  const symbols = new Map(symbolsAt(ts, checker, file, position).map(symbol => [symbol.name, symbol]));
  for (const entry of aliases) {
    const symbol = symbols.get(entry.name);
    if (symbol && symbol.flags & ts.SymbolFlags.Alias)
      entry.kind = kindOf(ts, checker, checker.getAliasedSymbol(symbol)) ?? entry.kind;
  }
  return found;
}

/** The members of what stands before the dot; elsewhere all names in sight. */
function symbolsAt(
  ts: TypeScript,
  checker: Tslab.TypeChecker,
  file: Tslab.SourceFile,
  position: number,
): readonly Tslab.Symbol[] {
  const {findPrecedingToken} = ts as unknown as {
    findPrecedingToken(position: number, file: Tslab.SourceFile): Tslab.Node | undefined;
  };
  const token = findPrecedingToken(position, file) ?? file;
  const access = token.parent;
  if (access && ts.isPropertyAccessExpression(access)) {
    const owner = checker.getSymbolAtLocation(access.expression);
    const module = owner && owner.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(owner) : owner;
    return module && module.flags & ts.SymbolFlags.Module ? checker.getExportsOfModule(module) : [];
  }
  return checker.getSymbolsInScope(token, ts.SymbolFlags.Alias);
}

function kindOf(ts: TypeScript, checker: Tslab.TypeChecker, symbol: Tslab.Symbol): Tslab.ScriptElementKind | null {
  const {SymbolFlags, ScriptElementKind: kinds} = ts;
  const {flags, valueDeclaration} = symbol;
  if (flags & (SymbolFlags.Function | SymbolFlags.Method)) return kinds.functionElement;
  if (flags & SymbolFlags.Class) return kinds.classElement;
  if (flags & SymbolFlags.Enum) return kinds.enumElement;
  if (flags & SymbolFlags.Variable && valueDeclaration) {
    const type = checker.getTypeOfSymbolAtLocation(symbol, valueDeclaration);
    return type.getCallSignatures().length > 0 ? kinds.functionElement : kinds.constElement;
  }
  if (flags & SymbolFlags.Module) return kinds.moduleElement;
  if (flags & SymbolFlags.Interface) return kinds.interfaceElement;
  return flags & SymbolFlags.TypeAlias ? kinds.typeElement : null;
}

/** A checker that never cuts a type off with `...`; for one question, not for diagnostics. */
export function untruncated(ts: TypeScript, checker: Tslab.TypeChecker): Tslab.TypeChecker {
  const noTruncation = ts.TypeFormatFlags.NoTruncation;
  const written = checker as Tslab.TypeChecker &
    Record<'writeType' | 'writeSignature', (...args: unknown[]) => unknown>;
  const changed = {
    writeType: (type: unknown, place: unknown, flags = 0, ...rest: unknown[]) =>
      written.writeType(type, place, flags | noTruncation, ...rest),
    writeSignature: (signature: unknown, place: unknown, flags = 0, ...rest: unknown[]) =>
      written.writeSignature(signature, place, flags | noTruncation, ...rest),
  };
  const whole = Object.assign(Object.create(checker) as Tslab.TypeChecker, changed);
  // The compiler asks for the checker again on the way.
  return Object.assign(whole, {
    runWithCancellationToken: <T>(_token: unknown, ask: (asked: Tslab.TypeChecker) => T) => ask(whole),
  });
}

/** `(alias) f(x: number): void` and `import f` below it become `(function) f(x: number): void`; `import tf`, `(module) tf`. */
export function withoutAlias(signature: string): string {
  const module = /^import ([\w$]+)$/.exec(signature);
  if (module) return `(module) ${module[1]}`;
  if (!signature.startsWith('(alias) ')) return signature;
  const shown = signature.slice('(alias) '.length).replace(/\n(?:import|export)[^\n]*$/, '');
  const isNamed = /^(?:\(|(?:function|const|let|var|class|enum|namespace|module|interface|type|new)\b)/.test(shown);
  return isNamed ? shown : `(function) ${shown}`;
}
