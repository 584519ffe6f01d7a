/** Variables that programs read and assign, and that are used op by op in between. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import {
  changeInPlace,
  compile,
  declareVariable,
  lendValues,
  newVariables,
  RecordError,
  type Tree,
  when,
  writeValues,
} from '../../src/compile/index.ts';
import { openedRuntime } from '../../src/compile/runtime.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { list, variableOf } from './support.ts';

const subtract = (variable: tf.Variable, input: tf.Tensor) =>
  changeInPlace([
    {
      op: 'AssignSubVariableOp',
      variables: [variable],
      inputs: [tf.broadcastTo(input, variable.shape as [1])],
    },
  ]);

describe('variables in programs', () => {
  let numTensors: number;
  const made: { dispose(): void }[] = [];
  /** Disposed after the test. */
  const own = <T extends { dispose(): void }>(thing: T): T => {
    made.push(thing);
    return thing;
  };
  const variable = (...args: Parameters<typeof variableOf>) => own(variableOf(...args));
  before(() => startTensorFlow());
  beforeEach(() => {
    numTensors = tf.memory().numTensors;
  });
  afterEach(function () {
    for (const thing of made.splice(0)) thing.dispose();
    if (this.currentTest?.state !== 'passed') return;
    assert.equal(tf.memory().numTensors, numTensors, 'tensors are left behind');
  });

  /** The values that a program gives for inputs, both freed. */
  async function values(run: (...inputs: never[]) => Promise<tf.Tensor>, ...inputs: tf.Tensor[]) {
    const output = await run(...(inputs as never[]));
    const found = list(output);
    tf.dispose([output, inputs]);
    return found;
  }

  it('are changed from run to run', async () => {
    const total = variable([1, 10]);
    const add = own(
      compile((x: tf.Tensor) => {
        total.assign(tf.add(total, x));
        return tf.mul(total, 2);
      }),
    );
    assert.deepEqual(await values(add, tf.scalar(1)), [4, 22]);
    assert.deepEqual(await values(add, tf.scalar(2)), [8, 26]);
    assert.deepEqual(await values(add, tf.scalar(3)), [14, 32]);
    assert.deepEqual(list(total), [7, 16]);
    assert.equal(add.programs, 1);
  });

  it('are as they were after recording, which computes nothing', async () => {
    const a = variable([1]);
    const program = own(compile(() => a.assign(tf.add(a, 1))));
    await program.record();
    assert.deepEqual([Array.from(await a.data()), list(a)], [[1], [1]]);
    await program();
    assert.deepEqual(list(a), [2]);
  });

  it('keep what was assigned first where a value was read before', async () => {
    const a = variable([1, 2]);
    const program = own(
      compile(() => {
        const before = tf.clone(a);
        a.assign(tf.mul(a, 10));
        const between = tf.clone(a);
        a.assign(tf.add(a, 1));
        return tf.stack([before, between, a]);
      }),
    );
    assert.deepEqual(await values(program), [1, 2, 10, 20, 11, 21]);
    assert.deepEqual(list(a), [11, 21]);
  });

  it('are shared by programs', async () => {
    const shared = variable([3]);
    const double = own(compile(() => shared.assign(tf.mul(shared, 2))));
    const read = own(compile(() => tf.add(shared, 0.5)));
    assert.deepEqual(await values(read), [3.5]);
    await double();
    await double();
    assert.deepEqual(await values(read), [12.5]);
  });

  it('are exchanged for each other', async () => {
    const [a, b] = [variable([1, 2]), variable([3, 4])];
    const swap = own(
      compile(() => {
        const old = tf.clone(a);
        a.assign(b);
        b.assign(old);
      }),
    );
    for (let i = 0; i < 25; i++) {
      await swap();
      assert.deepEqual(
        [list(a), list(b)],
        i % 2
          ? [
              [1, 2],
              [3, 4],
            ]
          : [
              [3, 4],
              [1, 2],
            ],
      );
    }
  });

  it('pass their values around in a ring', async () => {
    const ring = Array.from({ length: 12 }, (_, i) => variable([i]));
    const turn = own(
      compile(() => {
        const first = tf.clone(ring[0]);
        for (const [i, one] of ring.entries()) one.assign(ring[i + 1] ?? first);
      }),
    );
    for (let i = 1; i < 13; i++) {
      await turn();
      assert.deepEqual(
        ring.flatMap(list),
        ring.map((_, at) => (at + i) % 12),
      );
    }
  });

  describe('in place', () => {
    it('are changed when all that reads them has read them', async () => {
      const a = variable([10, 20]);
      const program = own(
        compile((x: tf.Tensor) => {
          const early = tf.mul(a, 1);
          const clone = tf.clone(a);
          subtract(a, x);
          return tf.stack([early, clone]);
        }),
      );
      assert.deepEqual(await values(program, tf.scalar(1)), [10, 20, 10, 20]);
      assert.deepEqual(await values(program, tf.scalar(2)), [9, 19, 9, 19]);
      assert.deepEqual(list(a), [7, 17]);
    });

    it('go one op after the other', async () => {
      const [a, m, v] = [variable([8]), variable([0]), variable([0])];
      const program = own(
        compile((gradient: tf.Tensor) => {
          const scalars = [0, 0, 1, 0.5, 0.75, 0].map((value) => tf.scalar(value));
          changeInPlace([
            { op: 'AssignSubVariableOp', variables: [a], inputs: [tf.div(a, 2)] },
            { op: 'ResourceApplyAdam', variables: [a, m, v], inputs: [...scalars, gradient] },
          ]);
        }),
      );
      const gradient = tf.tensor1d([4]);
      await program(gradient);
      gradient.dispose();
      // m = 0.5 · 4, v = 0.25 · 16, a = 8 − 4 − 2 / √4
      assert.deepEqual([a, m, v].flatMap(list), [3, 2, 4]);
    });

    it('cannot be read, nor changed again, afterwards', async () => {
      const a = variable([1]);
      const one = tf.scalar(1);
      const message = /reads a variable that was changed in place/;
      const reads = own(
        compile((x: tf.Tensor) => {
          subtract(a, x);
          return tf.add(a, 1);
        }),
      );
      await assert.rejects(reads(one), { name: 'RecordError', message });
      const gives = own(
        compile((x: tf.Tensor) => {
          subtract(a, x);
          return a;
        }),
      );
      await assert.rejects(gives(one), { name: 'RecordError', message });
      const twice = own(
        compile((x: tf.Tensor) => {
          subtract(a, x);
          subtract(a, x);
        }),
      );
      await assert.rejects(twice(one), /AssignSubVariableOp: expected a variable .* not assigned before/);
      const assigns = own(
        compile((x: tf.Tensor) => {
          subtract(a, x);
          a.assign(tf.ones([1]));
        }),
      );
      await assert.rejects(assigns(one), /left alone once it is changed in place/);
      assert.deepEqual(list(a), [1]);
      one.dispose();
    });

    it('cannot be changed once they were assigned another variable, which stays as it is', async () => {
      const [a, b] = [variable([1]), variable([5])];
      const program = own(
        compile((x: tf.Tensor) => {
          a.assign(b);
          subtract(a, x);
        }),
      );
      const one = tf.scalar(1);
      await assert.rejects(program(one), /not assigned before/);
      one.dispose();
      assert.deepEqual([list(a), list(b)], [[1], [5]]);
    });

    it('leave alone the variable, constant or input that they were assigned in an earlier run', async () => {
      const [a, b, c, d] = [
        [0, 0],
        [5, 6],
        [0, 0],
        [0, 0],
      ].map((start) => variable(start));
      const constant = tf.tensor1d([70, 80]);
      const assign = own(
        compile((x: tf.Tensor) => {
          a.assign(b);
          c.assign(constant);
          d.assign(x);
        }),
      );
      const change = own(
        compile((x: tf.Tensor) => {
          for (const one of [a, c, d]) subtract(one, x);
        }),
      );
      const one = tf.scalar(1);
      const input = tf.tensor1d([900, 950]);
      for (let i = 0; i < 3; i++) {
        await assign(input);
        await change(one);
        assert.deepEqual([a, b, c, d].map(list), [
          [4, 5],
          [5, 6],
          [69, 79],
          [899, 949],
        ]);
      }
      assert.deepEqual(
        [list(constant), list(input)],
        [
          [70, 80],
          [900, 950],
        ],
      );
      tf.dispose([one, input, constant]);
    });

    it('leave alone another variable that takes their value in the same run', async () => {
      const [a, b] = [variable([1, 1]), variable([0, 0])];
      const program = own(
        compile((x: tf.Tensor) => {
          b.assign(a);
          subtract(a, x);
        }),
      );
      for (let i = 1; i <= 20; i++) {
        const one = tf.scalar(1);
        await program(one);
        one.dispose();
        assert.deepEqual(
          [list(a), list(b)],
          [
            [1 - i, 1 - i],
            [2 - i, 2 - i],
          ],
        );
      }
    });

    it('are left to the caller outside a program', () => {
      const a = variable([1]);
      const one = tf.scalar(1);
      assert.equal(
        tf.tidy(() => subtract(a, one) as unknown as tf.Tensor),
        false,
      );
      assert.deepEqual(list(a), [1]);
      one.dispose();
    });

    it('name the op that cannot be', async () => {
      const a = variable([1, 2]);
      const program = own(
        compile((x: tf.Tensor) => {
          changeInPlace([{ op: 'AssignSubVariableOp', variables: [a], inputs: [x] }]);
        }),
      );
      const one = tf.scalar(1);
      await assert.rejects(program(one), {
        name: 'RecordError',
        message: /op AssignSubVariableOp\): Shapes must be equal rank, but are 1 and 0/,
      });
      one.dispose();
      assert.deepEqual(list(a), [1, 2]);
    });
  });

  describe('under a condition', () => {
    it('are changed only where it is true', async () => {
      const [a, b, c] = [variable([1]), variable([10]), variable([100])];
      const program = own(
        compile((x: tf.Tensor) => {
          const large = tf.greater(x, 5);
          when(large, () => {
            a.assign(tf.add(a, x));
            subtract(b, x);
          });
          when(tf.logicalNot(large), () => c.assign(tf.add(c, x)));
          return large;
        }),
      );
      assert.deepEqual(await values(program, tf.scalar(3)), [0]);
      assert.deepEqual([a, b, c].flatMap(list), [1, 10, 103]);
      assert.deepEqual(await values(program, tf.scalar(7)), [1]);
      assert.deepEqual([a, b, c].flatMap(list), [8, 3, 103]);
      assert.deepEqual(await values(program, tf.scalar(4)), [0]);
      assert.deepEqual([a, b, c].flatMap(list), [8, 3, 107]);
    });

    it('are read as they were before', async () => {
      const a = variable([1]);
      const program = own(
        compile((x: tf.Tensor) => {
          const old = tf.clone(a);
          when(x, () => a.assign(tf.zeros([1])));
          return old;
        }),
      );
      assert.deepEqual(await values(program, tf.scalar(1, 'bool')), [1]);
      assert.deepEqual(await values(program, tf.scalar(1, 'bool')), [0]);
    });

    it('cannot be read or assigned afterwards, nor be assigned before', async () => {
      const a = variable([1]);
      const yes = tf.scalar(1, 'bool');
      const change = (condition: tf.Tensor) => when(condition, () => a.assign(tf.ones([1])));
      const refused = async (fn: (condition: tf.Tensor) => Tree, message: RegExp) => {
        const program = own(compile(fn));
        await assert.rejects(program(yes), (error: Error) => {
          assert.ok(error instanceof RecordError);
          assert.match(error.message, message);
          return true;
        });
      };
      const reads = (condition: tf.Tensor) => {
        change(condition);
        return tf.mul(a, 2);
      };
      await refused(reads, /tf\.mul: reads a variable that was assigned under a condition/);
      const assigns = (condition: tf.Tensor) => {
        change(condition);
        a.assign(tf.zeros([1]));
      };
      await refused(assigns, /left alone once it is changed in place or under a condition/);
      const twice = (condition: tf.Tensor) => {
        change(condition);
        change(condition);
      };
      await refused(twice, /left alone|not assigned before/);
      const before = (condition: tf.Tensor) => {
        a.assign(tf.zeros([1]));
        change(condition);
      };
      await refused(before, /when: expected a variable of shape \[1\] not assigned before/);
      const nested = (condition: tf.Tensor) => when(condition, () => change(condition));
      await refused(nested, /when: expected no other when around it/);
      yes.dispose();
      assert.deepEqual(list(a), [1]);
    });

    it('do the same op by op', () => {
      const a = variable([1]);
      for (const [condition, expected] of [
        [0, 1],
        [1, 2],
      ]) {
        tf.tidy(() => when(tf.scalar(condition, 'bool'), () => a.assign(tf.tensor1d([2]))));
        assert.deepEqual(list(a), [expected]);
      }
    });
  });

  describe('and op by op', () => {
    const incremented = (a: tf.Variable) => own(compile(() => a.assign(tf.add(a, 1))));

    it('are read without leaving the session', async () => {
      const a = variable([1, 2]);
      await incremented(a)();
      const { recorder } = openedRuntime() as NonNullable<ReturnType<typeof openedRuntime>>;
      assert.ok(recorder.stateOf(a.dataId));
      assert.deepEqual(
        [Array.from(await a.data()), list(a), a.arraySync()],
        [
          [2, 3],
          [2, 3],
          [2, 3],
        ],
      );
      assert.ok(recorder.stateOf(a.dataId));
    });

    it('leave the session for an op, and come back for the next run', async () => {
      const a = variable([1, 2]);
      const increment = incremented(a);
      for (let i = 1; i <= 3; i++) {
        await increment();
        const sum = tf.tidy(() => list(tf.add(a, 0.5)));
        assert.deepEqual(sum, [1.5 + i, 2.5 + i]);
      }
      assert.equal(increment.programs, 1);
    });

    it('are assigned from outside between runs', async () => {
      const a = variable([1, 2]);
      const increment = incremented(a);
      await increment();
      tf.tidy(() => a.assign(tf.tensor1d([10, 20])));
      assert.deepEqual(list(a), [10, 20]);
      await increment();
      assert.deepEqual(list(a), [11, 21]);
      tf.tidy(() => a.assign(tf.neg(a)));
      await increment();
      assert.deepEqual(list(a), [-10, -20]);
    });

    it('do not change a tensor that they were made of or a copy of them', async () => {
      const start = tf.tensor1d([1, 2]);
      const a = own(tf.variable(start));
      const increment = incremented(a);
      await increment();
      const copy = tf.clone<tf.Tensor>(a);
      await increment();
      await increment();
      assert.deepEqual(
        [list(start), list(copy), list(a)],
        [
          [1, 2],
          [2, 3],
          [4, 5],
        ],
      );
      tf.dispose([start, copy]);
    });

    it('do not change a variable that was assigned their value', async () => {
      const [a, b, c] = [variable([1, 2]), variable([0, 0]), variable([0, 0])];
      const increment = incremented(a);
      b.assign(a);
      await increment();
      assert.deepEqual(
        [list(a), list(b)],
        [
          [2, 3],
          [1, 2],
        ],
      );
      b.assign(a);
      c.assign(a);
      await increment();
      assert.deepEqual(
        [list(a), list(b), list(c)],
        [
          [3, 4],
          [2, 3],
          [2, 3],
        ],
      );
      await incremented(b)();
      assert.deepEqual(
        [list(a), list(b), list(c)],
        [
          [3, 4],
          [3, 4],
          [2, 3],
        ],
      );
      a.assign(b);
      await increment();
      await increment();
      assert.deepEqual(
        [list(a), list(b), list(c)],
        [
          [5, 6],
          [3, 4],
          [2, 3],
        ],
      );
    });

    it('may be disposed while another has their value', async () => {
      const b = variable([0, 0]);
      const a = variableOf([1, 2]);
      const increment = compile(() => a.assign(tf.add(a, 1)));
      await increment();
      b.assign(a);
      increment.dispose();
      a.dispose();
      assert.deepEqual(list(b), [2, 3]);
      await incremented(b)();
      assert.deepEqual(list(b), [3, 4]);
    });
  });

  it('are freed when they are disposed, and a program that needs them says so', async () => {
    const a = variableOf([1, 2]);
    const program = own(compile(() => tf.add(a, 1)));
    assert.deepEqual(await values(program), [2, 3]);
    a.dispose();
    assert.equal(tf.memory().numTensors, numTensors);
    await assert.rejects(program(), /a variable of shape \[2\] was disposed/);
  });

  it('are of int32 and bool too', async () => {
    const [count, flag] = [variable([1, -2], 'int32'), variable([1, 0], 'bool')];
    const program = own(
      compile(() => {
        count.assign(tf.add(count, tf.scalar(3, 'int32')));
        flag.assign(tf.logicalNot(flag));
        return { count, flag };
      }),
    );
    for (const expected of [
      [
        [4, 1],
        [0, 1],
      ],
      [
        [7, 4],
        [1, 0],
      ],
    ]) {
      const found = await program();
      assert.deepEqual([found.count.dtype, found.flag.dtype], ['int32', 'bool']);
      assert.deepEqual([list(found.count), list(found.flag)], expected);
      assert.deepEqual([list(count), list(flag)], expected);
      tf.dispose(found);
    }
  });

  it('are of no elements, and scalars', async () => {
    const [none, single] = [own(tf.tidy(() => tf.variable(tf.zeros([0, 3])))), variable(5)];
    const program = own(
      compile((x: tf.Tensor) => {
        none.assign(tf.mul(none, 2));
        single.assign(tf.add(single, tf.add(x, tf.sum(none))));
      }),
    );
    const one = tf.scalar(1);
    await program(one);
    await program(one);
    one.dispose();
    assert.deepEqual([none.shape, list(none), single.shape, list(single)], [[0, 3], [], [], [7]]);
  });

  it('are not made inside a program', async () => {
    const program = own(
      compile(() => {
        const inner = tf.variable(tf.ones([2, 3]));
        return tf.add(inner, 1);
      }),
    );
    await assert.rejects(
      program(),
      /expected variables made outside the function, got new ones of shape \[2,3\]/,
    );
  });

  for (const mode of ['graph', 'eager'] as const) {
    it(`are filled, written and lent where they stay (${mode})`, async () => {
      const names: string[] = [];
      const shapes = { a: [2, 2], b: [3], none: [0] };
      const made = await newVariables(
        shapes,
        (values, name) => {
          names.push(name);
          for (let i = 0; i < values.length; i++) values[i] = i + 1;
        },
        { mode, trainable: false },
      );
      assert.deepEqual(names, ['a', 'b', 'none']);
      assert.deepEqual([made.a.shape, made.a.trainable, list(made.a)], [[2, 2], false, [1, 2, 3, 4]]);
      const program = own(compile(() => made.b.assign(tf.mul(made.b, 2)), { mode }));
      await program();
      const lent = await lendValues(made.b, async (values) => Array.from(values));
      assert.deepEqual(lent, [2, 4, 6]);
      await writeValues(made.b, (values) => void values.set([7, 8, 9]));
      assert.deepEqual(list(made.b), [7, 8, 9]);
      await program();
      assert.deepEqual(list(made.b), [14, 16, 18]);
      tf.dispose(made);
    });
  }

  it('are none where filling fails', async () => {
    const fails = (_: Float32Array, name: string) => {
      if (name === 'b') throw new Error('no values');
    };
    await assert.rejects(newVariables({ a: [2], b: [3] }, fails), /no values/);
  });

  it('are declared first and written before a run', async () => {
    const declared = own(await declareVariable([2]));
    const program = own(compile(() => tf.mul(declared, 3)));
    await program.record();
    await writeValues(declared, (values) => void values.set([1, 2]));
    assert.deepEqual(await values(program), [3, 6]);
  });

  it('are set by a program that is the first to write them', async () => {
    const declared = own(await declareVariable([2]));
    const program = own(compile((x: tf.Tensor) => declared.assign(x)));
    const x = tf.tensor1d([4, 5]);
    await program(x);
    x.dispose();
    assert.deepEqual(list(declared), [4, 5]);
  });
});

describe('the graph', () => {
  const opened = () => openedRuntime() as NonNullable<ReturnType<typeof openedRuntime>>;

  it('begins anew when nothing uses it, and what comes then works', async () => {
    await startTensorFlow();
    for (let round = 0; round < 3; round++) {
      const { a } = await newVariables({ a: [2] }, (values) => void values.fill(round));
      const kept = variableOf([1]);
      const program = compile((x: tf.Tensor) => {
        a.assign(tf.add(a, x));
        kept.assign(tf.add(kept, 1));
        return tf.mul(tf.add(a, kept), tf.tensor1d([1, 10]));
      });
      const x = tf.scalar(1);
      const output = await program(x);
      assert.deepEqual(list(output), [round + 3, 10 * (round + 3)]);
      const size = opened().graph.size;
      program.dispose();
      tf.dispose({ a });
      // One variable is still there, so nothing is thrown away.
      const another = await declareVariable([3]);
      assert.ok(opened().graph.size > size);
      assert.deepEqual(list(kept), [2]);
      tf.dispose([kept, another, x, output]);
      const next = await declareVariable([3]);
      assert.ok(opened().graph.size < size, `${opened().graph.size} operations, ${size} before`);
      next.dispose();
    }
  });

  it('is kept while a run is under way', async () => {
    const program = compile((x: tf.Tensor) => tf.sum(tf.matMul(x, x)));
    const x = tf.ones([300, 300]);
    const runs = [program(x), program(x), program(x)];
    await new Promise((resolve) => setImmediate(resolve));
    program.dispose();
    tf.dispose(await newVariables({ a: [2] }, (values) => void values.fill(1)));
    for (const output of await Promise.all(runs)) {
      assert.deepEqual(list(output), [300 ** 3]);
      output.dispose();
    }
    x.dispose();
  });
});
