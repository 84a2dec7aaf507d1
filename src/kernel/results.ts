/** What the values of a cell look like to Jupyter: its result and its user expressions. */
import type {Cell} from './cell';
import type {Compiler, Outcome} from './compiler';
import {bundleOf, metadataOf} from './display';
import {describeDiagnostics, type Failure} from './failures';
import type {MimeBundle} from './globals';
import type {JsonObject} from './wire';

/** The bundle of the cell's last expression, awaited where it is a promise; null where there is nothing to show. */
export async function resultOf(cell: Cell, outcome: Outcome): Promise<MimeBundle | null> {
  return outcome.kind === 'value' && !cell.silent ? bundleOf(await outcome.value) : null;
}

/** Evaluates `user_expressions`, each with its own fate. */
export async function evaluateExpressions(
  compiler: Compiler,
  cell: Cell,
  describe: (error: unknown) => Failure,
): Promise<JsonObject> {
  const wanted = cell.request.content['user_expressions'];
  const results: JsonObject = {};
  if (typeof wanted !== 'object' || wanted === null) return results;
  for (const [name, expression] of Object.entries(wanted)) {
    const code = `(${expression})`;
    try {
      results[name] = await evaluate(compiler, cell, code, describe);
    } catch (error) {
      results[name] = {status: 'error', ...describe(error)};
    }
  }
  return results;
}

async function evaluate(
  compiler: Compiler,
  cell: Cell,
  code: string,
  describe: (error: unknown) => Failure,
): Promise<JsonObject> {
  const outcome = await compiler.run(code, cell);
  if (outcome.kind === 'diagnostics')
    return {status: 'error', ...describeDiagnostics(outcome.diagnostics, code, cell.count)};
  if (outcome.kind === 'thrown') return {status: 'error', ...describe(outcome.error)};
  const bundle = outcome.kind === 'value' ? await bundleOf(await outcome.value) : null;
  return {status: 'ok', data: bundle ?? {'text/plain': 'undefined'}, metadata: bundle ? metadataOf(bundle) : {}};
}
