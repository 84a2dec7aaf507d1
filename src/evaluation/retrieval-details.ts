/** Retrieval between modalities, beyond recall@1: more ranks, and what was found. */
import type {tf} from '../core/tensorflow';
import {type Interval, wilsonInterval} from './intervals';
import {partsOf, type RealRows, rowNumbers} from './real-rows';
import {retrieval} from './retrieval';

/** Codes [rows, width] of the rows that show a modality, in their order. */
export type CodesByModality = Readonly<Record<string, {readonly rows: Int32Array; readonly codes: Float32Array}>>;

export interface RetrievalDetail {
  /** recall@k for k = 1, 5, 10, by class; as far as there are so many rows. */
  readonly recall: Readonly<Record<number, number>>;
  /** Of recall@1, counted by different parts, of the modality with fewer. */
  readonly ci95: Interval;
  readonly chance: number;
  readonly medianRank: number;
  readonly meanAveragePrecision: number;
  /** Rows that show both and have a label. */
  readonly rows: number;
}

export function codesByModality(
  encode: (partial: {parts: Record<string, tf.Tensor>}) => tf.Tensor2D,
  real: RealRows,
): {real: CodesByModality; width: number} {
  let width = 0;
  const codes: Record<string, {rows: Int32Array; codes: Float32Array}> = {};
  for (const name of real.names.filter(name => real.rowsWith[name]!.length > 0)) {
    const code = encode({parts: {[name]: partsOf(real, name)}});
    width = code.shape[1];
    codes[name] = {rows: real.rowsWith[name]!, codes: code.dataSync() as Float32Array};
  }
  return {real: codes, width};
}

/** For every ordered pair of modalities, 'image→speech'. */
export function retrievalDetails(all: CodesByModality, real: RealRows): Record<string, RetrievalDetail> {
  const details: Record<string, RetrievalDetail> = {};
  for (const from of Object.keys(all)) {
    for (const to of Object.keys(all)) {
      const rows = rowNumbers(real.size).filter(
        row => real.labels[row]! >= 0 && real.shows(from, row) && real.shows(to, row),
      );
      if (from === to || rows.length < 2) continue;
      const labels = rows.map(row => real.labels[row]!);
      const [queries, gallery] = [pickCodes(all[from]!, rows), pickCodes(all[to]!, rows)];
      const at = (k: number) => retrieval(queries, gallery, labels, labels, {k});
      const first = at(1);
      const ranks = [5, 10].filter(k => k <= rows.length);
      details[`${from}→${to}`] = {
        recall: {1: first.recall, ...Object.fromEntries(ranks.map(k => [k, at(k).recall]))},
        ci95: wilsonInterval(first.recall, real.numDistinct([from, to], rows)),
        chance: first.chance,
        medianRank: first.medianRank,
        meanAveragePrecision: first.meanAveragePrecision,
        rows: rows.length,
      };
    }
  }
  return details;
}

/** The codes of these rows, all of which show the modality. */
export function pickCodes(
  {rows, codes}: CodesByModality[string],
  wanted: readonly number[],
): {data: Float32Array; shape: [number, number]} {
  const width = codes.length / rows.length;
  const placeOf = new Map(Array.from(rows, (row, place) => [row, place]));
  const data = new Float32Array(wanted.length * width);
  wanted.forEach((row, i) => {
    const place = placeOf.get(row)!;
    data.set(codes.subarray(place * width, (place + 1) * width), i * width);
  });
  return {data, shape: [wanted.length, width]};
}
