/** What a network is made of: layers with their shapes, parameters and multiply-adds. */
import {watchLayers} from '../backend/layer-names';
import {onMultiplyAdds} from '../backend/multiply-adds';
import {tf} from '../core/tensorflow';
import type {Parameters} from './parameters';

export interface LayerSummary {
  /** Begins the names of its parameters. */
  readonly path: string;
  /** Shape of its result, such as `[N, 14, 14, 32]`; of its last call, where there are several. */
  readonly output: string;
  /** Trainable values. */
  readonly parameters: number;
  /** Of one example in one pass forward; products and convolutions, not element-wise work. */
  readonly multiplyAdds: number;
}

export interface NetworkSummary {
  readonly name: string;
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
  /** Values that are saved but not trained. */
  readonly otherValues: number;
  readonly multiplyAdds: number;
}

interface Pass {
  readonly shapes: Map<string, readonly number[]>;
  readonly counts: Map<string, number>;
}

/** Products outside of any layer. */
const outside = '(between layers)';

/**
 * Runs a network on one and on two examples and looks at its layers: what is the same for both belongs to no example, and is left out
 * of the multiply-adds.
 *
 * @param run a pass forward, in use, of that many examples.
 * @returns the layers in the order in which they work; those without parameters and products are left out. A dense layer from
 *   3 to 5 has 20 parameters and 15 multiply-adds.
 */
export function summarise(
  name: string,
  parameters: Parameters,
  run: (count: number) => tf.TensorContainer,
): NetworkSummary {
  const [one, two] = [observe(() => run(1)), observe(() => run(2))] as const;
  const owners = [...one.shapes.keys()].sort((a, b) => b.length - a.length);
  const sizes = new Map<string, number>();
  for (const [path, variable] of Object.entries(parameters.trainable)) {
    const owner = owners.find(layer => path.startsWith(`${layer}/`)) ?? path;
    sizes.set(owner, (sizes.get(owner) ?? 0) + variable.size);
  }
  const paths = new Set([...one.shapes.keys(), ...sizes.keys(), ...one.counts.keys()]);
  const layers = [...paths]
    .map(path => ({
      path,
      output: shapeText(one.shapes.get(path), two.shapes.get(path)),
      parameters: sizes.get(path) ?? 0,
      multiplyAdds: (two.counts.get(path) ?? 0) - (one.counts.get(path) ?? 0),
    }))
    .filter(layer => layer.parameters > 0 || layer.multiplyAdds > 0);
  const others = {...parameters.state, ...parameters.buffers};
  return {
    name,
    layers,
    parameters: parameters.count(),
    otherValues: Object.values(others).reduce((sum, variable) => sum + variable.size, 0),
    multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
  };
}

/** The summary as a table for a terminal, with a line of totals. */
export function summaryText({name, layers, parameters, otherValues, multiplyAdds}: NetworkSummary): string {
  const rows = [
    [name, 'output', 'parameters', 'multiply-adds'],
    ...layers.map(layer => [layer.path, layer.output, number(layer.parameters), number(layer.multiplyAdds)]),
    ['in all', '', number(parameters), number(multiplyAdds)],
  ];
  const widths = [0, 1, 2, 3].map(column => Math.max(...rows.map(row => row[column]!.length)));
  const lines = rows.map(row =>
    row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
  const rule = '-'.repeat(lines[0]!.length);
  const note = otherValues > 0 ? [`and ${number(otherValues)} values that are saved but not trained`] : [];
  return [lines[0], rule, ...lines.slice(1, -1), rule, lines[lines.length - 1], ...note].join('\n');
}

function observe(run: () => tf.TensorContainer): Pass {
  const shapes = new Map<string, readonly number[]>();
  const counts = new Map<string, number>();
  const open: string[] = [];
  const watcher = {
    begin(path: string) {
      if (!shapes.has(path)) shapes.set(path, []);
      open.push(path);
    },
    end(path: string, output: unknown) {
      if (output instanceof tf.Tensor) shapes.set(path, output.shape);
      open.pop();
    },
  };
  const tell = (count: number) => {
    const path = open[open.length - 1] ?? outside;
    counts.set(path, (counts.get(path) ?? 0) + count);
  };
  tf.tidy(() => {
    watchLayers(watcher, () => onMultiplyAdds(tell, run));
  });
  return {shapes, counts};
}

/** shapeText([196, 8], [392, 8]) is '[196N, 8]'. */
function shapeText(one: readonly number[] | undefined, two: readonly number[] | undefined): string {
  if (!one || !two) return '';
  const sizes = one.map((size, axis) => (size === two[axis] ? String(size) : size === 1 ? 'N' : `${size}N`));
  return `[${sizes.join(', ')}]`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
