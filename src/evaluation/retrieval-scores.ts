/** Retrieval between the modalities of real rows, in the code space of the model's encoder. */
import type {tf} from '../core/tensorflow';
import {wilsonInterval} from './intervals';
import {asMatrixLike, type MatrixLike, selectRows, toMatrix} from './matrix';
import type {Direction, EvaluationMetrics} from './metrics-record';
import {partsOf, type RealRows, rowNumbers} from './real-rows';
import {retrieval} from './retrieval';
import {inScope} from './scope';

/** Anything that reads codes [N, D] from some modalities of N examples. */
export interface Encoding {
  encode(partial: {parts: Record<string, tf.Tensor>}): tf.Tensor2D;
}

/**
 * Recall@1 for every ordered pair of modalities, over rows that show both and have a label. Intervals count each different part
 * once, of the modality that has fewer: rows that share a query or its answer are not independent.
 */
export function retrievalScores(model: Encoding, real: RealRows): EvaluationMetrics['retrieval'] {
  const scores: Record<Direction, {value: number; ci95: readonly [number, number]; chance: number}> = {};
  const names = real.names.filter(name => real.rowsWith[name]!.length > 0);
  const codes = Object.fromEntries(names.map(name => [name, codesOf(model, real, name)]));
  for (const from of names) {
    for (const to of names) {
      const rows = rowNumbers(real.size).filter(
        row => real.labels[row]! >= 0 && real.shows(from, row) && real.shows(to, row),
      );
      if (from === to || rows.length < 2) continue;
      const labels = rows.map(row => real.labels[row]!);
      const {recall, chance} = retrieval(codes[from]!(rows), codes[to]!(rows), labels, labels);
      scores[`${from}→${to}`] = {
        value: recall,
        ci95: wilsonInterval(recall, real.numDistinct([from, to], rows)),
        chance,
      };
    }
  }
  return scores;
}

/** Reads the codes of all rows that show a modality; the function that it returns picks those of some of them. */
function codesOf(model: Encoding, real: RealRows, name: string): (rows: readonly number[]) => MatrixLike {
  return inScope(() => {
    const code = model.encode({parts: {[name]: partsOf(real, name)}});
    const values = {data: code.dataSync() as Float32Array, shape: code.shape};
    const matrix = toMatrix('retrieval', `codes of ${name}`, values);
    const placeOf = new Map(Array.from(real.rowsWith[name]!, (row, place) => [row, place]));
    return rows =>
      asMatrixLike(
        selectRows(
          matrix,
          rows.map(row => placeOf.get(row)!),
        ),
      );
  });
}
