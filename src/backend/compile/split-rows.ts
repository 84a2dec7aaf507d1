/**
 * Cuts heavy products of a recording into pieces of its batch, so that the pieces run beside each other.
 *
 * With one thread an op, ops that wait for each other use one core. A product of [N, K] and [K, M], or a convolution of
 * [N, H, W, C], is one op; cut after N/2 rows it is two, and each number is still computed by the same sum in the same
 * order. What goes from piece to piece stays in pieces (biases, activations, reshapes) until an op needs it whole.
 */
import type {Binding, OpAttribute} from './binding';
import {dataTypes} from './graph-def';
import {opsWithIdleCores} from './idle-cores';
import {heavyMultiplyAdds, multiplyAdds} from './op-cost';
import {
  integerConstant,
  markNeeded,
  type OpNode,
  type OutputShape,
  outputOf,
  type RecordedNode,
  type Recording,
  type Ref,
} from './recording';

/** How an op takes an input when it is cut: its piece, all of it, or as a shape of the piece. */
type Role = 'piece' | 'whole' | 'shape';

/** The same step, with heavy ops in `pieces` where cores would be idle; what it computes is the same bit for bit. */
export function splitRows(recording: Recording, pieces: number, binding: Binding): Recording {
  return new Splitter(recording, pieces, binding).split();
}

class Splitter {
  private readonly nodes: RecordedNode[] = [];
  /** New numbers of old nodes that were taken over as they are. */
  private readonly numbers: number[] = [];
  private readonly wholes = new Map<string, Ref>();
  private readonly cuts = new Map<string, readonly Ref[]>();
  private readonly integers = new Map<string, Ref>();
  /** Old numbers of the heavy ops that are cut. */
  private readonly chosen: ReadonlySet<number>;

  constructor(
    private readonly recording: Recording,
    private readonly pieces: number,
    private readonly binding: Binding,
  ) {
    this.chosen = opsWithIdleCores(recording, pieces, node => this.canBeCut(recording.nodes[node]!));
  }

  split(): Recording {
    this.recording.nodes.forEach((node, i) => {
      if (!this.recording.needed[i]) return;
      const roles = node.kind === 'op' ? this.rolesOf(node, i) : null;
      if (roles) this.takeInPieces(node as OpNode, i, roles);
      else this.takeWhole(node, i);
    });
    const results = this.recording.results.map(({ref, type}) => ({ref: this.whole(ref), type}));
    const assignments = this.recording.assignments.map(({state, ref, after}) => ({
      state,
      ref: this.whole(ref),
      after: this.renumbered(after),
    }));
    return {nodes: this.nodes, results, assignments, needed: markNeeded(this.nodes, results, assignments)};
  }

  private canBeCut(node: RecordedNode): boolean {
    if (node.kind !== 'op') return false;
    const shapes = this.shapesOf(node);
    if (shapes?.axis !== 0 || multiplyAdds(node, this.recording.nodes) < heavyMultiplyAdds) return false;
    return productRoles(node, shapes.inputs) !== null;
  }

  /** How an op that is to be cut takes its inputs; null for one that stays whole. */
  private rolesOf(op: OpNode, number: number): readonly Role[] | null {
    const shapes = this.shapesOf(op);
    if (!shapes) return null;
    const {inputs, output, axis} = shapes;
    if (this.chosen.has(number)) return productRoles(op, inputs);
    const roles = this.lightRoles(op, inputs, output, axis);
    const isInPieces = roles?.some((role, i) => role === 'piece' && !this.wholes.has(key(op.inputs[i]!)));
    return isInPieces ? roles : null;
  }

  /** Shapes of an op that depends on nothing but its inputs, and the axis along which its one output can be cut. */
  private shapesOf({inputs: refs, outputs: [output, ...others], after}: OpNode) {
    if (!output || others.length > 0 || after.length > 0 || output.type !== dataTypes.float32) return null;
    const axis = cutAxis(output.shape, this.pieces);
    const inputs = refs.map(ref => outputOf(ref, this.recording.nodes)).filter(input => input !== null);
    // What takes a variable's handle reads or changes all of it.
    return axis === null || inputs.length < refs.length ? null : {inputs, output, axis};
  }

  /** Ops that compute each output from the inputs at the same place, and reshapes. */
  private lightRoles(
    {op}: OpNode,
    inputs: readonly OutputShape[],
    output: OutputShape,
    axis: number,
  ): readonly Role[] | null {
    if (op === 'Reshape') return cutAxis(inputs[0]!.shape, this.pieces) === null ? null : ['piece', 'shape'];
    if (!elementwise.has(op)) return null;
    const roles = inputs.map(({shape}): Role | null => {
      if (String(shape) === String(output.shape)) return 'piece';
      const at = axis - (output.shape.length - shape.length);
      return at < 0 || shape[at] === 1 ? 'whole' : null;
    });
    return roles.every(role => role !== null) ? (roles as Role[]) : null;
  }

  private takeWhole(node: RecordedNode, old: number): void {
    const number = this.add(
      node.kind !== 'op'
        ? node
        : {
            ...node,
            inputs: node.inputs.map(ref => this.whole(ref)),
            after: this.renumbered(node.after),
          },
    );
    this.numbers[old] = number;
    const outputs = node.kind === 'op' ? Math.max(1, node.outputs.length) : 1;
    for (let output = 0; output < outputs; output++) {
      this.wholes.set(key({node: old, output}), {node: number, output});
    }
  }

  private takeInPieces(op: OpNode, old: number, roles: readonly Role[]): void {
    const output = op.outputs[0]!;
    const shape = this.pieceShape(output.shape);
    const refs = Array.from({length: this.pieces}, (_, piece) => {
      const inputs = op.inputs.map((ref, i) => {
        if (roles[i] === 'piece') return this.cut(ref)[piece]!;
        return roles[i] === 'whole' ? this.whole(ref) : this.integersOf(shape);
      });
      return {node: this.add({...op, inputs, outputs: [{type: output.type, shape}]}), output: 0};
    });
    this.cuts.set(key({node: old, output: 0}), refs);
  }

  /** An old output in the new graph; put together where it is in pieces. */
  private whole(ref: Ref): Ref {
    const known = this.wholes.get(key(ref));
    if (known) return known;
    const {type, shape} = this.outputOf(ref);
    const cuts = this.cuts.get(key(ref))!;
    const axis = this.integersOf([cutAxis(shape, this.pieces)!], []);
    const attributes = [this.type('T', type), this.type('Tidx', dataTypes.int32), this.count('N', cuts.length)];
    const joined = {
      node: this.add(op('ConcatV2', [...cuts, axis], attributes, {type, shape})),
      output: 0,
    };
    this.wholes.set(key(ref), joined);
    return joined;
  }

  /** Pieces of an old output; of one that is whole, views that share its memory. */
  private cut(ref: Ref): readonly Ref[] {
    const known = this.cuts.get(key(ref));
    if (known) return known;
    const {type, shape} = this.outputOf(ref);
    const axis = cutAxis(shape, this.pieces)!;
    const size = this.pieceShape(shape);
    const attributes = [this.type('T', type), this.type('Index', dataTypes.int32)];
    const cuts = Array.from({length: this.pieces}, (_, piece) => {
      const begin = shape.map((_, i) => (i === axis ? piece * size[axis]! : 0));
      const inputs = [this.whole(ref), this.integersOf(begin), this.integersOf(size)];
      return {node: this.add(op('Slice', inputs, attributes, {type, shape: size})), output: 0};
    });
    this.cuts.set(key(ref), cuts);
    return cuts;
  }

  private pieceShape(shape: readonly number[]): number[] {
    const axis = cutAxis(shape, this.pieces);
    return shape.map((size, i) => (i === axis ? size / this.pieces : size));
  }

  private integersOf(values: readonly number[], shape: readonly number[] = [values.length]): Ref {
    const name = `${values} [${shape}]`;
    const known = this.integers.get(name);
    if (known) return known;
    const ref = {node: this.add(integerConstant(values, shape)), output: 0};
    this.integers.set(name, ref);
    return ref;
  }

  /** Of what is cut or put together, which is never a handle. */
  private outputOf(ref: Ref): OutputShape {
    return outputOf(ref, this.recording.nodes)!;
  }

  private renumbered(after: readonly number[]): number[] {
    return after.flatMap(number => this.numbers[number] ?? []);
  }

  private add(node: RecordedNode): number {
    return this.nodes.push(node) - 1;
  }

  private type(name: string, value: number): OpAttribute {
    return {name, type: this.binding.TF_ATTR_TYPE, value};
  }

  private count(name: string, value: number): OpAttribute {
    return {name, type: this.binding.TF_ATTR_INT, value};
  }
}

/** Products whose rows, or pictures, do not depend on each other. */
function productRoles({op, attributes}: OpNode, inputs: readonly OutputShape[]): readonly Role[] | null {
  switch (op) {
    case 'BatchMatMulV2': {
      const isTransposed = attributes.some(({name, value}) => name === 'adj_x' && value === true);
      return isTransposed || inputs.some(({shape}) => shape.length !== 2) ? null : ['piece', 'whole'];
    }
    case 'Conv2D':
      return ['piece', 'whole'];
    case 'Conv2DBackpropInput':
      return ['shape', 'whole', 'piece'];
    default:
      return null;
  }
}

const elementwise = new Set(
  (
    'Abs Add AddV2 BiasAdd Elu Exp LeakyRelu LeakyReluGrad Log Maximum Minimum Mul Neg RealDiv Relu ReluGrad Rsqrt Sigmoid ' +
    'SigmoidGrad Softplus Sqrt Square SquaredDifference Sub Tanh TanhGrad'
  ).split(' '),
);

/** The first axis that is longer than 1, if it can be cut into equal pieces: cut there, pieces are runs of memory. */
function cutAxis(shape: readonly number[], pieces: number): number | null {
  const axis = shape.findIndex(size => size > 1);
  return axis >= 0 && shape[axis]! % pieces === 0 ? axis : null;
}

function op(name: string, inputs: readonly Ref[], attributes: readonly OpAttribute[], output: OutputShape): OpNode {
  return {kind: 'op', op: name, attributes, inputs, after: [], outputs: [output], trace: null};
}

function key({node, output}: Ref): string {
  return `${node}:${output}`;
}
