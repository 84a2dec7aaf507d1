/**
 * Writes TensorFlow's graph files: nodes with attributes become a GraphDef, and that a SavedModel without anything else.
 *
 * Field numbers are those of TensorFlow's graph.proto, node_def.proto, attr_value.proto, tensor.proto, meta_graph.proto
 * and saved_model.proto.
 */
import {BinaryWriter} from 'google-protobuf';

/** TensorFlow's DataType numbers, of the types that TensorFlow.js has. */
export const dataTypes = {float32: 1, int32: 3, string: 7, complex64: 8, int64: 9, bool: 10} as const;

/** The value of an attribute of a node. */
export type AttributeValue =
  | {readonly type: number}
  | {readonly int: number}
  | {readonly float: number}
  | {readonly bool: boolean}
  | {readonly string: string}
  | {readonly shape: readonly number[]}
  | {readonly ints: readonly number[]}
  | {readonly floats: readonly number[]}
  | {readonly bools: readonly boolean[]}
  | {readonly tensor: {readonly type: number; readonly shape: readonly number[]; readonly bytes: Uint8Array}};

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** `node`, `node:1` for a second output, `^node` for a node that must run before. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** Makes the nodes loadable with this tag: a SavedModel file with no variables, signatures or assets. */
export function savedModel(nodes: readonly GraphNode[], tag: string): Uint8Array {
  const file = new BinaryWriter();
  file.writeInt64(1, 1);
  file.writeMessage(2, nodes, () => {
    file.writeMessage(1, tag, () => file.writeString(4, tag));
    file.writeMessage(2, nodes, () => {
      for (const node of nodes) file.writeMessage(1, node, () => writeNode(file, node));
      // The producer's version: the newest op definitions that need no conversion on import.
      file.writeMessage(4, nodes, () => file.writeInt32(1, producerVersion));
    });
  });
  return file.getResultBuffer();
}

/** TensorFlow refuses graphs whose producer is older than the ops they use. */
const producerVersion = 1900;

function writeNode(file: BinaryWriter, {name, op, inputs, attributes}: GraphNode): void {
  file.writeString(1, name);
  file.writeString(2, op);
  for (const input of inputs) file.writeString(3, input);
  for (const [key, value] of Object.entries(attributes)) {
    file.writeMessage(5, value, () => {
      file.writeString(1, key);
      file.writeMessage(2, value, () => writeAttribute(file, value));
    });
  }
}

function writeAttribute(file: BinaryWriter, value: AttributeValue): void {
  if ('type' in value) file.writeInt32(6, value.type);
  else if ('int' in value) file.writeInt64(3, value.int);
  else if ('float' in value) file.writeFloat(4, value.float);
  else if ('bool' in value) file.writeBool(5, value.bool);
  else if ('string' in value) file.writeString(2, value.string);
  else if ('shape' in value) file.writeMessage(7, value, () => writeShape(file, value.shape));
  else if ('ints' in value) file.writeMessage(1, value, () => file.writePackedInt64(3, [...value.ints]));
  else if ('floats' in value) file.writeMessage(1, value, () => file.writePackedFloat(4, [...value.floats]));
  else if ('bools' in value) file.writeMessage(1, value, () => file.writePackedBool(5, [...value.bools]));
  else {
    const {type, shape, bytes} = value.tensor;
    file.writeMessage(8, value, () => {
      file.writeInt32(1, type);
      file.writeMessage(2, shape, () => writeShape(file, shape));
      file.writeBytes(4, bytes);
    });
  }
}

function writeShape(file: BinaryWriter, shape: readonly number[]): void {
  for (const size of shape) file.writeMessage(2, size, () => file.writeInt64(1, size));
}
