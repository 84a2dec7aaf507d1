import {tf} from '../core/tensorflow';

/** tf.tidy for work that returns numbers instead of tensors: it does not search the result, which may hold long arrays. */
export function inScope<T>(run: () => T): T {
  let result: {value: T} | undefined;
  tf.tidy(() => {
    result = {value: run()};
  });
  return result!.value;
}
