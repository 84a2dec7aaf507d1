import type {RandomStream} from '../../core/random';

/** Two clouds in the unit square, one round at (0.3, 0.7), one wider below it at (0.65, 0.3); half of the points each. */
export function toyPoints(stream: RandomStream, count: number): Float32Array[] {
  return Array.from({length: count}, (_, i) => {
    const [x, y, across, down] = i % 2 === 0 ? [0.3, 0.7, 0.05, 0.05] : [0.65, 0.3, 0.12, 0.04];
    const inside = (value: number) => Math.min(1, Math.max(0, value));
    return Float32Array.of(inside(x! + across! * stream.normal()), inside(y! + down! * stream.normal()));
  });
}
