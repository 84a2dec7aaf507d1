/** The types of what cells declared, as the text of a declaration file: put together after a cell that failed half-way. */
import type * as Tslab from '@tslab/typescript-for-tslab';

type TypeScript = typeof Tslab;

/**
 * What later cells may know after a failure: all that the cell declared, except the names that it did not come to; for these,
 * what was declared before.
 */
export function declarationsAfterFailure(
  ts: TypeScript,
  before: string,
  after: string,
  missing: readonly string[],
): string {
  if (missing.length === 0) return after;
  const names = new Set(missing);
  return pick(ts, after, name => !names.has(name)) + pick(ts, before, name => names.has(name));
}

/** The declarations of some names. Types have no value that could be missing, so they stay where the names are unwanted. */
function pick(ts: TypeScript, text: string, wanted: (name: string) => boolean): string {
  const file = ts.createSourceFile('declarations.d.ts', text, ts.ScriptTarget.Latest, true);
  const printer = ts.createPrinter({newLine: ts.NewLineKind.LineFeed});
  const print = (node: Tslab.Node) => `${printer.printNode(ts.EmitHint.Unspecified, node, file)}\n`;
  const {factory} = ts;
  return file.statements
    .map(statement => {
      if (ts.isVariableStatement(statement)) {
        const {declarationList: list} = statement;
        const kept = list.declarations.filter(({name}) => ts.isIdentifier(name) && wanted(name.text));
        if (kept.length === 0) return '';
        const newList = factory.updateVariableDeclarationList(list, kept);
        return print(factory.updateVariableStatement(statement, statement.modifiers, newList));
      }
      if (ts.isImportDeclaration(statement)) {
        const clause = statement.importClause && pickImports(ts, statement.importClause, wanted);
        if (!clause) return '';
        return print(
          factory.updateImportDeclaration(
            statement,
            statement.modifiers,
            clause,
            statement.moduleSpecifier,
            statement.assertClause,
          ),
        );
      }
      const {name} = statement as {name?: Tslab.Node};
      return name && ts.isIdentifier(name) && wanted(name.text) ? print(statement) : '';
    })
    .join('');
}

function pickImports(
  ts: TypeScript,
  clause: Tslab.ImportClause,
  wanted: (name: string) => boolean,
): Tslab.ImportClause | null {
  const name = clause.name && wanted(clause.name.text) ? clause.name : undefined;
  let bindings = clause.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) bindings = wanted(bindings.name.text) ? bindings : undefined;
  else if (bindings) {
    const elements = bindings.elements.filter(element => wanted(element.name.text));
    bindings = elements.length > 0 ? ts.factory.updateNamedImports(bindings, elements) : undefined;
  }
  return name || bindings ? ts.factory.updateImportClause(clause, clause.isTypeOnly, name, bindings) : null;
}
