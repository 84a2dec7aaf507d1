/** What an op of a recording costs, roughly: enough to tell what can be done meanwhile. */
import {type OpNode, outputOf, type RecordedNode} from './recording';

/** From here on an op counts as heavy: less is not worth a second op, or an order. */
export const heavyMultiplyAdds = 2e6;

/** Of one core with wide vectors: measured 85 to 115 on an AMD EPYC of 2025; ratios between ops are what counts. */
const multiplyAddsPerNanosecond = 60;
const elementsPerNanosecond = 2;
/** To start an op. */
const overheadNanoseconds = 2000;

/** On one core; 0 for what is not computed. */
export function estimatedNanoseconds(node: RecordedNode, nodes: readonly RecordedNode[]): number {
  if (node.kind !== 'op') return 0;
  const products = multiplyAdds(node, nodes);
  if (products > 0) return overheadNanoseconds + products / multiplyAddsPerNanosecond;
  const shapes = [...node.inputs.map(ref => outputOf(ref, nodes)), ...node.outputs].map(output => output?.shape ?? []);
  return overheadNanoseconds + Math.max(...shapes.map(count)) / elementsPerNanosecond;
}

/** Multiplications, each with its addition, of a product or convolution; 0 for other ops. [2, 3]·[3, 5] takes 30. */
export function multiplyAdds({op, attributes, inputs, outputs}: OpNode, nodes: readonly RecordedNode[]): number {
  const shape = (input: number) => outputOf(inputs[input]!, nodes)!.shape;
  const output = () => outputs[0]!.shape;
  /** Of one output channel, or of one input channel: [h, w, in, out] without the last. */
  const taps = (filter: readonly number[]) => count(filter.slice(0, 3));
  switch (op) {
    case 'BatchMatMulV2': {
      const isTransposed = attributes.some(({name, value}) => name === 'adj_x' && value === true);
      return count(output()) * shape(0).at(isTransposed ? -2 : -1)!;
    }
    case 'Conv2D':
      return count(output()) * taps(shape(1));
    case 'Conv2DBackpropInput':
      return count(shape(2)) * taps(shape(1));
    case 'Conv2DBackpropFilter':
      return count(shape(2)) * taps(output());
    default:
      return 0;
  }
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
