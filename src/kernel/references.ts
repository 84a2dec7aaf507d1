/**
 * What tslab does not see of a cell's names, seen while the compiler writes the cell's script: every reference to a name of an
 * earlier cell becomes a property of `exports`, also in `{name}`, and nothing else does; and what the cell declares is noted.
 */
import type * as Tslab from '@tslab/typescript-for-tslab';

type TypeScript = typeof Tslab;

export interface Declared {
  /** Names with a value. */
  readonly declared: readonly string[];
  /** Those that can be assigned. */
  readonly live: readonly string[];
}

/** Turns references to the declarations of `earlier` into properties of `exports`; runs on the script, before CommonJS. */
export function referToEarlier(
  ts: TypeScript,
  checker: Tslab.TypeChecker,
  earlier: Tslab.SourceFile,
): Tslab.TransformerFactory<Tslab.SourceFile> {
  const isEarlier = (symbol: Tslab.Symbol | undefined) =>
    symbol?.declarations?.some(declaration => statementOf(declaration) !== null) ?? false;
  /** The statement of the file itself that declares a name; null for members and for names within a namespace. */
  const statementOf = (declaration: Tslab.Declaration): Tslab.Statement | null => {
    let node: Tslab.Node = declaration;
    if (ts.isVariableDeclaration(node)) node = node.parent.parent;
    else if (ts.isImportSpecifier(node)) node = node.parent.parent.parent;
    else if (ts.isNamespaceImport(node)) node = node.parent.parent;
    else if (ts.isImportClause(node)) node = node.parent;
    return node.parent === earlier ? (node as Tslab.Statement) : null;
  };
  const {factory} = ts;
  const exported = (name: string) =>
    factory.createPropertyAccessExpression(factory.createIdentifier('exports'), factory.createIdentifier(name));

  return context => file => {
    const visit = (node: Tslab.Node): Tslab.Node => {
      if (ts.isIdentifier(node)) return isEarlier(checker.getSymbolAtLocation(node)) ? exported(node.text) : node;
      if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node;
      if (ts.isPropertyAccessExpression(node)) {
        const object = ts.visitNode(node.expression, visit) as Tslab.Expression;
        return object === node.expression ? node : factory.updatePropertyAccessExpression(node, object, node.name);
      }
      if (ts.isShorthandPropertyAssignment(node)) {
        const initializer = ts.visitNode(node.objectAssignmentInitializer, visit) as Tslab.Expression | undefined;
        if (!isEarlier(checker.getShorthandAssignmentValueSymbol(ts.getOriginalNode(node))))
          return factory.updateShorthandPropertyAssignment(node, node.name, initializer);
        const target = exported(node.name.text);
        const value = initializer ? factory.createAssignment(target, initializer) : target;
        return factory.createPropertyAssignment(factory.createIdentifier(node.name.text), value);
      }
      return ts.visitEachChild(node, visit, context);
    };
    return ts.visitEachChild(file, visit, context);
  };
}

/** What a cell declares at its outermost level, and which of it can be assigned. */
export function declaredIn(ts: TypeScript, file: Tslab.SourceFile): Declared {
  const locals = (file as unknown as {locals?: Map<string, Tslab.Symbol>}).locals ?? new Map<string, Tslab.Symbol>();
  const names = [...locals].filter(([, {flags}]) => flags & (ts.SymbolFlags.Value | ts.SymbolFlags.Alias));
  return {
    declared: names.map(([name]) => name),
    live: names.filter(([, symbol]) => canBeAssigned(ts, symbol)).map(([name]) => name),
  };
}

function canBeAssigned(ts: TypeScript, {flags, valueDeclaration: declaration}: Tslab.Symbol): boolean {
  if (!(flags & ts.SymbolFlags.Variable) || !declaration) return false;
  if (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) return false;
  return !(ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Ambient);
}

/** The first line of a script: hands its variables out. */
export function connectLine(live: readonly string[]): string {
  if (live.length === 0) return '';
  const pairs = live.map(name => {
    const value = name === 'value' ? 'value_' : 'value';
    return `${name}: [() => ${name}, ${value} => { ${name} = ${value}; }]`;
  });
  return `__tslab__.connect({${pairs.join(', ')}});`;
}
