/**
 * Every loss with an example worked by hand and its formula in plain numbers: the tests and the printed table run over these.
 */
import {adversarialCases} from './cases/adversarial';
import {conditioningCases} from './cases/conditioning';
import {multimodalCases} from './cases/multimodal';
import {penaltyCases} from './cases/penalties';
import {smoothedCases} from './cases/smoothed';
import {supervisedCases} from './cases/supervised';
import type {LossCase} from './cases/support';

export type {LossCase} from './cases/support';

/** In the order of the table. */
export const lossCases: readonly LossCase[] = [
  ...adversarialCases,
  ...smoothedCases,
  ...penaltyCases,
  ...conditioningCases,
  ...multimodalCases,
  ...supervisedCases,
];
