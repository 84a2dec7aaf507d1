/** What the text of a cell tells before it is compiled. */
import type * as Tslab from '@tslab/typescript-for-tslab';

type TypeScript = typeof Tslab;

/** tslab sees an `await` expression outside functions, but not a `for await` loop there. */
export function awaitsInLoop(ts: TypeScript, code: string): boolean {
  if (!/\bfor\s+await\b/.test(code)) return false;
  const visit = (node: Tslab.Node): boolean => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
    if (ts.isForOfStatement(node) && node.awaitModifier) return true;
    return ts.forEachChild(node, child => visit(child) || undefined) ?? false;
  };
  return visit(parse(ts, code));
}

/**
 * Blanks in the place of `export`: tslab exports everything that a cell declares, and would complain of what is exported
 * twice. All positions stay.
 */
export function withoutExports(ts: TypeScript, code: string): string {
  if (!/\bexport\b/.test(code)) return code;
  let blanked = code;
  const blank = (start: number, end: number) => {
    blanked = blanked.slice(0, start) + blanked.slice(start, end).replace(/[^\r\n]/g, ' ') + blanked.slice(end);
  };
  const file = parse(ts, code);
  for (const statement of file.statements) {
    if (ts.isExportDeclaration(statement)) {
      const renames = statement.exportClause && ts.isNamedExports(statement.exportClause) && !statement.moduleSpecifier;
      if (renames) blank(statement.getStart(file), statement.end);
      continue;
    }
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
    const isDefault = modifiers.some(({kind}) => kind === ts.SyntaxKind.DefaultKeyword);
    const named = (statement as {name?: unknown}).name !== undefined;
    for (const modifier of modifiers) {
      const isExport = modifier.kind === ts.SyntaxKind.ExportKeyword;
      // Without a name there is nothing to declare: `export default class {}` stays what it is.
      if (
        (isExport && !isDefault) ||
        (isDefault && named && (isExport || modifier.kind === ts.SyntaxKind.DefaultKeyword))
      )
        blank(modifier.getStart(file), modifier.end);
    }
  }
  return blanked;
}

function parse(ts: TypeScript, code: string): Tslab.SourceFile {
  return ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest, true);
}
