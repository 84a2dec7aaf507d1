/**
 * Holds back what a later move of a step could do early, until the move before it runs out of work.
 *
 * TensorFlow starts whatever is ready. In a step of D and then G, G's second forward pass is ready from the beginning; done
 * then, it is missing at the end of D's move, where one core updates weights and the other has nothing else to do.
 */
import {heavyMultiplyAdds, multiplyAdds} from './op-cost';
import type {RecordedNode, Recording} from './recording';

/**
 * A move ends where states change. A heavy op of a later move that depends on no such change waits for the move before to
 * begin the last heavy ops, as many as there are `cores`. Only the order of ops is touched, no result.
 */
export function holdBackLaterMoves(recording: Recording, cores: number): Recording {
  const {nodes: old, needed} = recording;
  /** Heavy ops of this move, and of the one before. */
  let [now, before]: [number[], number[]] = [[], []];
  let hasChanged = false;
  /** Nodes that wait for a change of state, or for something that was held back. */
  const waits = new Set<number>();
  const nodes = old.map((node, i): RecordedNode => {
    if (node.kind !== 'op' || !needed[i]) return node;
    if (node.outputs.length === 0) {
      hasChanged = true;
      waits.add(i);
      return node;
    }
    if (node.inputs.some(({node: from}) => waits.has(from)) || node.after.some(from => waits.has(from))) waits.add(i);
    if (multiplyAdds(node, old) < heavyMultiplyAdds) return node;
    if (hasChanged) [now, before, hasChanged] = [[], now, false];
    now.push(i);
    const until = before.at(-cores);
    if (waits.has(i) || until === undefined) return node;
    waits.add(i);
    return {...node, after: [...node.after, until]};
  });
  return {...recording, nodes};
}
