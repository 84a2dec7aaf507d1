/** The conformance table. Adding an op is adding a row to one of these. */
import type {Row} from './row';
import {elementwiseRows} from './rows/elementwise';
import {pictureRows} from './rows/pictures';
import {productRows} from './rows/products';
import {reductionRows} from './rows/reductions';
import {shapeRows} from './rows/shapes';

export const rows: readonly Row[] = [
  ...productRows,
  ...pictureRows,
  ...elementwiseRows,
  ...reductionRows,
  ...shapeRows,
];
