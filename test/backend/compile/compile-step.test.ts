/** What is refused and why, and that a program and eager code always see the same variables. */
import assert from 'node:assert/strict';
import {join} from 'node:path';
import {test} from 'node:test';
import {type CompiledStep, type CompileOptions, compileStep, Program} from '../../../src/backend/compile';
import type {RecordedNode, Recording} from '../../../src/backend/compile/recording';
import {assertNoLeak} from '../../../src/backend/memory';
import {nativeAvailability} from '../../../src/backend/native-availability';
import {deleteId, runNativeOp, runNativeOpForIds} from '../../../src/backend/native-op';
import {selectBackend} from '../../../src/backend/select';
import {RandomStream} from '../../../src/core/random';
import {tf} from '../../../src/core/tensorflow';
import {FusedAdam, weights} from './agreement';

const skip = nativeAvailability().ready ? false : 'the native engine is not built';

function nativeTest(name: string, body: () => void | Promise<void>): void {
  test(name, {skip}, async () => {
    await selectBackend({prefer: 'native'});
    await assertNoLeak(async () => body());
  });
}

function variableOf(values: number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor1d(values)));
}

function value(tensor: tf.Tensor): number[] {
  return [...tensor.dataSync()];
}

/** Calls a step with [1, 2, 3] + i, disposes what comes back, and returns it as numbers. */
function call(step: (x: tf.Tensor) => unknown, i = 0): number[] {
  return tf.tidy(() => {
    const result = step(tf.tensor1d([1 + i, 2 + i, 3 + i]));
    return result instanceof tf.Tensor ? value(result) : [];
  });
}

type Refused = Readonly<
  Record<string, {reason: string; message: RegExp; step: (variable: tf.Variable) => (x: tf.Tensor) => unknown}>
>;

/** Made and disposed around each step that is refused. */
let otherVariable: tf.Variable;

/** Every kind of step that cannot be replayed. Adding one is adding a row. */
const refused: Refused = {
  'reads a result on the host': {
    reason: 'host-read',
    message: /reads a tensor on the host/,
    step: v => x => {
      const sum = x.mul(v).sum();
      return sum.dataSync()[0]! > 1e9 ? x : sum;
    },
  },
  'reads an argument on the host': {
    reason: 'host-read',
    message: /reads a tensor on the host/,
    step: v => x => v.mul(x.dataSync()[0]!).sum(),
  },
  'reads a variable on the host': {
    reason: 'host-read',
    message: /reads a tensor on the host/,
    step: v => x => x.mul(v.arraySync() as number[]).sum(),
  },
  'asks for a result that comes later': {
    reason: 'host-read',
    message: /reads a tensor on the host/,
    step: v => x => {
      const sum = x.mul(v).sum();
      void sum.data();
      return sum;
    },
  },
  'asks where something is true': {
    reason: 'host-read',
    message: /reads a tensor on the host/,
    step: () => x => {
      void tf.whereAsync(x.greater(2)).then(places => places.dispose());
      return x.sum();
    },
  },
  'prints a result': {
    reason: 'host-read',
    message: /reads a tensor on the host/,
    step: v => x => {
      const sum = x.mul(v).sum();
      assert.match(sum.toString(), /^Tensor\n/);
      return sum;
    },
  },
  'draws normal numbers on the host': {
    reason: 'host-value',
    message: /a value that the host computes changes/,
    step: () => x => x.mul(tf.randomNormal([3])).sum(),
  },
  'draws with a seed of the host': {
    reason: 'host-value',
    message: /a value that the host computes changes/,
    step: () => x => x.mul(tf.randomUniform([3])).sum(),
  },
  'drops out with a mask of the host': {
    reason: 'host-value',
    message: /a value that the host computes changes/,
    step: () => x => tf.dropout(x, 0.5).sum(),
  },
  'draws classes with a seed of the host': {
    reason: 'op',
    message: /Multinomial draws with a seed of the host/,
    step: () => x =>
      tf
        .multinomial(x as tf.Tensor1D, 2)
        .toFloat()
        .mean(),
  },
  'counts on the host': {
    reason: 'host-value',
    message: /a value that the host computes changes/,
    step: v => {
      let count = 0;
      return x =>
        v
          .mul(1 / ++count)
          .add(x)
          .sum();
    },
  },
  'takes another batch from its closure each time': {
    reason: 'host-value',
    message: /a value that the host computes changes/,
    step: () => {
      let count = 0;
      return x => x.mul(tf.tensor1d([count++, 1, 2])).sum();
    },
  },
  'branches on the host every other call': {
    reason: 'path',
    message: /takes another path from call to call/,
    step: v => {
      let count = 0;
      return x => (count++ % 2 === 0 ? x.mul(v).sum() : x.sum());
    },
  },
  'changes an attribute': {
    reason: 'attribute',
    message: /an attribute of LeakyRelu changes/,
    step: () => {
      let count = 0;
      return x => tf.leakyRelu(x, 0.1 * ++count).sum();
    },
  },
  'assigns another variable each time': {
    reason: 'path',
    message: /returns or assigns other tensors|another variable/,
    step: v => {
      const other = v;
      let count = 0;
      return x => {
        if (count++ % 2 === 0) other.assign(x);
        return x.sum();
      };
    },
  },
  'reads another variable each time': {
    reason: 'path',
    message: /uses another variable from call to call/,
    step: v => {
      let count = 0;
      return x => x.mul(count++ % 2 === 0 ? v : otherVariable).sum();
    },
  },
  'keeps only distinct values': {
    reason: 'op',
    message: /what Unique\w* returns depends on data/,
    step: () => x => tf.unique(x).values.sum(),
  },
  'keeps the boxes that overlap little': {
    reason: 'op',
    message: /what NonMaxSuppression\w* returns depends on data/,
    step: () => x => {
      const boxes = tf.stack([tf.zerosLike(x), tf.zerosLike(x), x, x], 1) as tf.Tensor2D;
      return tf.image.nonMaxSuppression(boxes, x as tf.Tensor1D, 2).sum();
    },
  },
  "runs TensorFlow's own Where": {
    reason: 'op',
    message: /what Where returns depends on data/,
    step: () => x => {
      for (const id of runNativeOpForIds('Where', {T: {type: 'float32'}}, [x], 1)) deleteId(id);
      return x.sum();
    },
  },
  'makes rows of several lengths': {
    reason: 'op',
    message: /what RaggedRange returns depends on data/,
    step: () => x => {
      const types = {T: {type: 'float32'}, Tsplits: {type: 'int32'}} as const;
      return runNativeOp('RaggedRange', types, [tf.zerosLike(x), x, tf.onesLike(x)], 2)[1]!.sum();
    },
  },
  'uses an op that nobody has checked': {
    reason: 'op',
    message: /Erfc is not on the list of ops that are known to replay exactly/,
    step: () => x => runNativeOp('Erfc', {T: {type: 'float32'}}, [x], 1)[0]!.sum(),
  },
  'makes a tensor of strings': {
    reason: 'string-tensor',
    message: /strings/,
    step: () => x => {
      tf.tensor1d(['a', 'b']).slice(0, 1);
      return x.sum();
    },
  },
  'returns a number': {
    reason: 'result',
    message: /something else than tensors/,
    step: () => () => 3,
  },
  'returns nothing': {
    reason: 'result',
    message: /returns something else|returns no tensor/,
    step: v => x => {
      v.assign(x);
    },
  },
  'returns the variable itself': {
    reason: 'result',
    message: /returns the variable .*; return a clone/,
    step: v => () => v,
  },
};

for (const [name, {reason, message, step}] of Object.entries(refused)) {
  nativeTest(`refused, with the source line, and run as usual: a step that ${name}`, () => {
    const variable = variableOf([4, 5, 7]);
    otherVariable = variableOf([1, 2, 4]);
    const warnings: string[] = [];
    const compiled = compileStep(step(variable), {onRefusal: text => warnings.push(text), audit: 1});
    const plain = step(variable);
    const isChance = /draw|drop/.test(name);
    for (let i = 0; i < 8; i++) {
      const [got, wanted] = [call(compiled, i), call(plain, i)];
      if (!isChance) assert.deepEqual(got, wanted, `call ${i}`);
    }
    assert.equal(compiled.refusal?.reason, reason);
    assert.match(warnings[0] ?? '', message);
    assert.equal(warnings.length, 1, 'one warning');
    if (!['result', 'path'].includes(reason))
      assert.match(compiled.refusal?.source ?? '', /compile-step\.test\.ts:\d+:\d+$/);
    assert.match(compiled.explain(), message);
    tf.dispose([variable, otherVariable] as tf.Tensor[]);
  });
}

nativeTest('refused: a step that calls another compiled step, whose work is done once', () => {
  for (const callsBefore of [0, 5]) {
    const variable = variableOf([10]);
    const inner = compileStep((x: tf.Tensor) => {
      variable.assign(variable.add(x.sum()));
      return variable.sum();
    });
    for (let i = 0; i < callsBefore; i++) call(inner);
    const outer = compileStep((x: tf.Tensor) => inner(x).mul(2), {onRefusal: () => undefined});
    for (let i = 0; i < 7; i++) assert.deepEqual(call(outer), [2 * (10 + 6 * (callsBefore + i + 1))]);
    assert.equal(outer.refusal?.reason, 'nested');
    assert.match(outer.explain(), /calls another compiled step/);
    assert.equal(inner.refusal, null);
    for (const step of [outer, inner]) step.dispose();
    variable.dispose();
  }
});

/** A program that writes another graph than the one recorded: `change` gets each op and each constant. */
class OtherProgram extends Program {
  constructor(private readonly change: (node: RecordedNode) => RecordedNode) {
    super();
  }

  override add(recording: Recording): number {
    return super.add({...recording, nodes: recording.nodes.map(this.change)});
  }
}

/** Puts 3 where 2 stands. */
function twoBecomesThree(node: RecordedNode): RecordedNode {
  if (node.kind !== 'constant' || new Float32Array(node.bytes.slice().buffer)[0] !== 2) return node;
  return {...node, bytes: new Uint8Array(new Float32Array([3]).buffer)};
}

nativeTest('refused: a replay that returns other numbers than the step; the step counts, and once', () => {
  const variable = variableOf([0]);
  const program = new OtherProgram(twoBecomesThree);
  const step = compileStep(
    (x: tf.Tensor) => {
      variable.assign(variable.add(x.sum()));
      return x.sum().mul(2);
    },
    {program, onRefusal: () => undefined},
  );
  for (let i = 0; i < 6; i++) assert.deepEqual(call(step), [12]);
  // 18 for 12.
  assert.equal(step.refusal?.reason, 'audit');
  assert.match(step.explain(), /result 0 of a replay differs from the step's own by 0\.500 of its size/);
  assert.deepEqual(value(variable), [6 * 6]);
  step.dispose();
  variable.dispose();
});

nativeTest('refused: a replay that changes variables otherwise than the step does', () => {
  const [steady, other] = [variableOf([0]), variableOf([0])];
  const program = new OtherProgram(twoBecomesThree);
  const step = compileStep(
    (x: tf.Tensor) => {
      steady.assign(steady.add(x.sum().div(2 ** 0.5)));
      other.assign(other.add(x.sum().mul(2)));
      return x.sum();
    },
    {program, onRefusal: () => undefined},
  );
  for (let i = 0; i < 6; i++) assert.deepEqual(call(step), [6]);
  // One variable moves by 6/√2 as it should, the other by 18 for 12: apart by 6 in a change of √(18 + 144).
  const share = `by 0\\.471 of the change, most of all ${other.name}`;
  assert.equal(step.refusal?.reason, 'audit');
  assert.match(step.explain(), new RegExp(`changes the variables otherwise than the step does, ${share}\\.`));
  assert.deepEqual(value(other), [6 * 12]);
  step.dispose();
  tf.dispose([steady, other] as tf.Tensor[]);
});

nativeTest('refused: a graph that TensorFlow does not load; other steps of the program stay compiled', () => {
  const variable = variableOf([0]);
  const program = new OtherProgram(node =>
    node.kind === 'op' && node.op === 'Sqrt' ? {...node, op: 'NoSuchOp'} : node,
  );
  const adding = compileStep(
    (x: tf.Tensor) => {
      variable.assign(variable.add(x.sum()));
      return variable.sum();
    },
    {program, strict: true},
  );
  const root = compileStep((x: tf.Tensor) => x.sqrt().add(variable), {program, onRefusal: () => undefined});
  for (let i = 0; i < 5; i++) assert.deepEqual(call(adding), [6 * (i + 1)]);
  for (let i = 0; i < 5; i++) assert.deepEqual(call(root, 3)[0], 32);
  assert.equal(root.refusal?.reason, 'session');
  assert.match(root.explain(), /TensorFlow does not load or run its graph: .*NoSuchOp/);
  for (let i = 5; i < 8; i++) assert.deepEqual(call(adding), [6 * (i + 1)]);
  assert.match(adding.explain(), /5 replays/);
  for (const step of [adding, root]) step.dispose();
  variable.dispose();
});

/** Runs `body` where no temporary folder can be made. */
function withoutTemporaryFolder(body: () => void): void {
  const {TMPDIR} = process.env;
  process.env['TMPDIR'] = join(__dirname, 'there-is-no-such-folder');
  try {
    body();
  } finally {
    if (TMPDIR === undefined) Reflect.deleteProperty(process.env, 'TMPDIR');
    else process.env['TMPDIR'] = TMPDIR;
  }
}

for (const [when, tag, callsBefore] of [
  ['when it tries out how TensorFlow runs graphs', 'a tag that was never tried', 0],
  ['when it loads the graph', undefined, 0],
  ['when it loads the graph again', undefined, 5],
] as const) {
  nativeTest(`refused: a step without a temporary folder ${when}; no call is lost or made twice`, () => {
    const variable = variableOf([0]);
    const program = new Program(undefined, tag);
    const step = compileStep(
      (x: tf.Tensor) => {
        variable.assign(variable.add(x.sum()));
        return variable.sum();
      },
      {program, onRefusal: () => undefined},
    );
    for (let i = 0; i < callsBefore; i++) call(step);
    step.dispose();
    withoutTemporaryFolder(() => {
      for (let i = callsBefore; i < callsBefore + 6; i++) assert.deepEqual(call(step), [6 * (i + 1)]);
    });
    assert.equal(step.refusal?.reason, 'session');
    assert.match(step.explain(), /TensorFlow does not load or run its graph: ENOENT.*there-is-no-such-folder/);
    step.dispose();
    variable.dispose();
  });
}

nativeTest('refused: a step that makes a variable after its first call, or disposes of one', () => {
  const made: tf.Variable[] = [];
  const making = compileStep(
    (x: tf.Tensor) => {
      made.push(tf.variable(tf.zeros([2])));
      return x.sum();
    },
    {onRefusal: () => undefined},
  );
  for (let i = 0; i < 3; i++) call(making);
  assert.equal(making.refusal?.reason, 'new-variable');
  tf.dispose(made as tf.Tensor[]);

  const victims = [variableOf([1]), variableOf([2]), variableOf([3])];
  let next = 0;
  const disposing = compileStep(
    (x: tf.Tensor) => {
      victims[next++]?.dispose();
      return x.sum();
    },
    {onRefusal: () => undefined},
  );
  for (let i = 0; i < 3; i++) call(disposing);
  assert.equal(disposing.refusal?.reason, 'disposed-variable');
});

nativeTest('a variable made in the first call is fine', () => {
  let slot: tf.Variable | undefined;
  const step = compileStep((x: tf.Tensor) => {
    slot ??= tf.variable(tf.zeros([3]));
    slot.assign(slot.add(x));
    return slot.sum();
  });
  for (let i = 0; i < 6; i++) call(step);
  assert.equal(step.refusal, null);
  assert.deepEqual(value(slot!), [6, 12, 18]);
  step.dispose();
  slot!.dispose();
});

nativeTest('refused: a step that returns a promise, which stays a promise', async () => {
  const step = compileStep(async (x: tf.Tensor) => x.mul(2), {onRefusal: () => undefined});
  const x = tf.tensor1d([1, 2, 3]);
  for (let i = 0; i < 3; i++) {
    const result = await step(x);
    assert.deepEqual(value(result), [2, 4, 6]);
    result.dispose();
  }
  assert.equal(step.refusal?.reason, 'promise');
  x.dispose();
});

nativeTest('refused: arguments that are objects of a class, functions or variables', () => {
  const variable = variableOf([1]);
  for (const argument of [new Date(0), () => 1, variable]) {
    const step = compileStep((x: tf.Tensor, _other: unknown) => x.sum(), {onRefusal: () => undefined});
    for (let i = 0; i < 3; i++) call(x => step(x, argument));
    assert.equal(step.refusal?.reason, 'argument');
  }
  variable.dispose();
});

nativeTest('refused: too many plain values; those seen before stay compiled', () => {
  const warnings: string[] = [];
  const step = compileStep((x: tf.Tensor, options: {rate: number}) => x.mul(options.rate).sum(), {
    maxVariants: 2,
    onRefusal: text => warnings.push(text),
  });
  for (const rate of [1, 2, 3])
    for (let i = 0; i < 5; i++)
      assert.deepEqual(
        call(x => step(x, {rate})),
        [6 * rate],
      );
  assert.match(warnings[0]!, /more than 2 different shapes or plain values \(\[1\]\.rate\)/);
  assert.equal(step.explain().match(/2 replays/g)?.length, 2);
  step.dispose();
});

nativeTest('strict: a refusal is an error', () => {
  const step = compileStep((x: tf.Tensor) => x.mul(x.dataSync()[0]!), {strict: true});
  call(step);
  assert.throws(() => call(step), /Expected the step to be one that can be compiled, got .*reads a tensor on the host/);
});

nativeTest('a step inside a gradient is on the tape', () => {
  const step = compileStep((x: tf.Tensor) => x.square().sum());
  for (let i = 0; i < 4; i++) call(step);
  const gradient = tf.tidy(() => value(tf.grad(x => step(x))(tf.tensor1d([1, 2, 3]))));
  assert.deepEqual(gradient, [2, 4, 6]);
  step.dispose();
});

nativeTest('another batch size, type or plain value is another variant, never a wrong answer', () => {
  const step = compileStep((x: tf.Tensor, mode: string) => (mode === 'mean' ? x.toFloat().mean() : x.toFloat().sum()));
  for (let i = 0; i < 5; i++) {
    for (const size of [2, 5]) {
      for (const dtype of ['float32', 'int32'] as const) {
        const got = tf.tidy(() => value(step(tf.fill([size], 3, dtype), 'sum')));
        assert.deepEqual(got, [3 * size]);
        assert.deepEqual(
          tf.tidy(() => value(step(tf.fill([size], 3, dtype), 'mean'))),
          [3],
        );
      }
    }
  }
  assert.equal(step.explain().match(/2 replays/g)?.length, 8);
  step.dispose();
});

nativeTest(
  'arguments and results are records, arrays and nested ones, with tensors that may be one and the same',
  () => {
    const step = compileStep((batch: {parts: {a: tf.Tensor; b: tf.Tensor}; extra: tf.Tensor[]}) => ({
      sum: batch.parts.a.add(batch.parts.b),
      list: [batch.extra[0]!.mul(2), {same: batch.parts.a}],
    }));
    const run = (a: tf.Tensor, b: tf.Tensor) => {
      const {sum, list} = step({parts: {a, b}, extra: [b]});
      return [value(sum), value(list[0] as tf.Tensor), value((list[1] as {same: tf.Tensor}).same)];
    };
    tf.tidy(() => {
      const x = tf.tensor1d([1, 2]);
      for (let i = 0; i < 3; i++)
        assert.deepEqual(run(x, x), [
          [2, 4],
          [2, 4],
          [1, 2],
        ]);
      // Recorded with one tensor for both, called with two.
      for (let i = 0; i < 3; i++)
        assert.deepEqual(run(x, tf.tensor1d([10, 20])), [
          [11, 22],
          [20, 40],
          [1, 2],
        ]);
    });
    assert.equal(step.refusal, null);
    step.dispose();
  },
);

/** Forty steps with two batch sizes, a sample now and then, a weight read, a weight written: what they all show. */
function life(prepare: <F extends (...tensors: tf.Tensor[]) => tf.Tensor>(step: F) => F): number[] {
  const stream = new RandomStream(3, 'life');
  const [kernel, out] = [weights(stream, [4, 6], 0.4), weights(stream, [6, 1], 0.4)];
  const optimizer = new FusedAdam([kernel, out], 0.01);
  const predict = (x: tf.Tensor) => tf.leakyRelu(x.matMul(kernel), 0.2).matMul(out);
  const step = prepare((x: tf.Tensor, y: tf.Tensor) => {
    const {value: loss, grads} = tf.variableGrads(() => predict(x).sub(y).square().mean() as tf.Scalar, [kernel, out]);
    optimizer.apply(grads);
    return loss;
  });
  const sample = prepare((x: tf.Tensor) => predict(x));
  const log: number[] = [];
  const keep = (tensor: tf.Tensor) => log.push(...tensor.dataSync());
  for (let i = 0; i < 40; i++) {
    tf.tidy(() => {
      const rows = i % 5 === 4 ? 3 : 8;
      keep(step(tf.tensor(stream.normals(rows * 4), [rows, 4]), tf.tensor(stream.normals(rows), [rows, 1])));
      if (i % 7 === 6) keep(sample(tf.tensor(stream.normals(8), [2, 4])));
      if (i === 21) keep(kernel.mean());
      if (i === 25) out.assign(out.add(0.05));
      if (i === 30) kernel.assign(tf.zeros([4, 6]).add(0.1));
    });
  }
  for (const variable of [kernel, out]) keep(variable);
  tf.dispose([kernel, out] as tf.Tensor[]);
  optimizer.dispose();
  return log;
}

nativeTest('reading, writing and sampling between steps show the same numbers as without compiling', () => {
  const program = new Program();
  const compiled: CompiledStep<tf.Tensor[], tf.Tensor>[] = [];
  const shared = life(step => {
    const made = compileStep(step as (...tensors: tf.Tensor[]) => tf.Tensor, {program, audit: 9});
    compiled.push(made);
    return made as unknown as typeof step;
  });
  const apart = life(step => {
    const made = compileStep(step as (...tensors: tf.Tensor[]) => tf.Tensor, {audit: 0});
    compiled.push(made);
    return made as unknown as typeof step;
  });
  const plain = life(step => ((...tensors: tf.Tensor[]) => tf.tidy(() => step(...tensors))) as typeof step);
  assert.deepEqual(shared, plain);
  assert.deepEqual(apart, plain);
  for (const {refusal} of compiled) assert.equal(refusal, null);
  for (const step of compiled) step.dispose();
});

nativeTest('a resource that somebody else moves or overwrites is noticed', () => {
  const variable = variableOf([1, 2]);
  const optimizer = new FusedAdam([variable], 0.1);
  const loss = (x: tf.Tensor) => {
    const {value: loss, grads} = tf.variableGrads(() => variable.sub(x).square().sum() as tf.Scalar, [variable]);
    optimizer.apply(grads);
    return loss;
  };
  const expected: number[] = [];
  const got: number[] = [];
  const start = variable.clone();
  for (const [log, step] of [
    [expected, (x: tf.Tensor) => tf.tidy(() => loss(x))],
    [got, compileStep(loss)],
  ] as const) {
    variable.assign(start);
    for (let i = 0; i < 12; i++) {
      const run = i === 6 || i === 7 ? (x: tf.Tensor) => tf.tidy(() => loss(x)) : step;
      log.push(...tf.tidy(() => value(run(tf.tensor1d([0.5, -i])))));
    }
    log.push(...value(variable));
    if (log === expected) {
      optimizer.dispose();
      Object.assign(optimizer, new FusedAdam([variable], 0.1));
    } else (step as CompiledStep<[tf.Tensor], tf.Scalar>).dispose();
  }
  assert.deepEqual(got, expected);
  optimizer.dispose();
  tf.dispose([variable as tf.Tensor, start]);
});

nativeTest('the audit finds a number in a closure that has changed since', () => {
  const variable = variableOf([0]);
  let rate = 1;
  const warnings: string[] = [];
  const options: CompileOptions = {audit: 4, onRefusal: text => warnings.push(text)};
  const step = compileStep((x: tf.Tensor) => {
    variable.assign(variable.add(x.sum().mul(rate)));
    return variable.sum();
  }, options);
  for (let i = 0; i < 5; i++) call(step);
  assert.equal(step.refusal, null);
  rate = 100;
  for (let i = 0; i < 8; i++) call(step);
  assert.match(step.explain(), /a value that the host computes changes/);
  const before = value(variable)[0]!;
  call(step);
  assert.equal(value(variable)[0], before + 600);
  assert.equal(warnings.length, 1);
  step.dispose();
  variable.dispose();
});

nativeTest('a step that fails leaves the process and the variables usable', () => {
  const table = variableOf([1, 2, 3]);
  const step = compileStep((_x: tf.Tensor, index: tf.Tensor) => {
    const row = tf.gather(table, index as tf.Tensor1D).sum();
    table.assign(table.mul(2));
    return row;
  });
  const run = (index: number) => tf.tidy(() => value(step(tf.scalar(0), tf.tensor1d([index], 'int32'))))[0];
  for (let i = 0; i < 4; i++) assert.equal(run(1), 2 * 2 ** i);
  assert.throws(() => run(7), /indices|not in/);
  const after = value(table);
  assert.ok(
    [
      [16, 32, 48],
      [32, 64, 96],
    ].some(wanted => String(wanted) === String(after)),
    String(after),
  );
  assert.equal(run(0), after[0]);
  step.dispose();
  table.dispose();
});

nativeTest(
  "data that make the audited replay fail are the caller's fault: nothing is taken back, the step stays compiled",
  () => {
    const table = variableOf([1, 2, 3]);
    const step = compileStep((index: tf.Tensor) => {
      table.assign(table.mul(2));
      return tf.gather(table, index as tf.Tensor1D).sum();
    });
    const run = (index: number) => tf.tidy(() => value(step(tf.tensor1d([index], 'int32'))))[0];
    for (let i = 0; i < 3; i++) assert.equal(run(1), 2 * 2 ** (i + 1));
    // The fourth call is the first replay. The step doubles the table before it fails, op by op: once, as ever.
    assert.throws(() => run(7), /indices|not in/);
    assert.deepEqual(value(table), [16, 32, 48]);
    for (let i = 0; i < 3; i++) assert.equal(run(2), 48 * 2 ** (i + 1));
    assert.equal(step.refusal, null);
    assert.match(step.explain(), /4 replays/);
    step.dispose();
    table.dispose();
  },
);

nativeTest('disposing keeps the values; a later call goes on with them', () => {
  const variable = variableOf([1, 1, 1]);
  const step = compileStep((x: tf.Tensor) => {
    variable.assign(variable.add(x));
    return variable.sum();
  });
  for (let i = 0; i < 5; i++) call(step);
  step.dispose();
  assert.deepEqual(value(variable), [6, 11, 16]);
  assert.deepEqual(call(step), [39]);
  step.dispose();
  variable.dispose();
  assert.throws(() => call(step), /has been disposed/);
});

nativeTest('a thousand replays leave no tensor behind', () => {
  const variable = variableOf([0]);
  const step = compileStep((x: tf.Tensor) => {
    variable.assign(variable.add(x.mean()));
    return {loss: variable.sum()};
  });
  const run = () => tf.tidy(() => value(step(tf.tensor1d([1, 2, 3])).loss));
  for (let i = 0; i < 5; i++) run();
  const before = tf.memory().numTensors;
  for (let i = 0; i < 1000; i++) run();
  assert.equal(tf.memory().numTensors, before);
  assert.deepEqual(value(variable), [2010]);
  step.dispose();
  variable.dispose();
});

test('options out of range are named', () => {
  const step = (x: tf.Tensor) => x;
  assert.throws(() => compileStep(step, {warmup: -1}), /Expected warmup to be an integer of 0 or more, got -1\./);
  assert.throws(() => compileStep(step, {audit: 0.5}), /Expected audit to be an integer of 0 or more, got 0\.5\./);
});

for (const backend of ['wasm', 'cpu'] as const) {
  test(`${backend}: the step itself runs, with the same meaning`, async () => {
    await selectBackend({prefer: backend});
    await assertNoLeak(async () => {
      const variable = variableOf([1]);
      const step = compileStep(
        (x: tf.Tensor) => {
          variable.assign(variable.add(x.sum()));
          return variable.mul(1);
        },
        {strict: true},
      );
      const shown = [1, 2, 3, 4].map(() => call(step)[0]);
      assert.deepEqual(shown, [7, 13, 19, 25]);
      assert.equal(step.refusal, null);
      variable.dispose();
    });
  });
}
