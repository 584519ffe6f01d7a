/**
 * Runs Jinja templates of strangers: `@huggingface/jinja` with a bound on the work and on the size of what a template
 * makes, since a loop in it could otherwise run for ever or fill the memory. `chatTemplate.ts` uses it.
 */
import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';

type Value = ReturnType<Interpreter['evaluate']>;

/** Longest template, and longest run of white space in it, in UTF-16 units: published ones have up to 20,000 and 100. */
const longestSource = 500_000;
const longestSpace = 2_000;
/** Longest text, and most parts of a list or mapping, those inside it included. */
const longestText = 20_000_000;
const mostParts = 50_000;
/** Steps of one rendering: seconds of work. A chat of 100 turns takes some 10,000. */
const mostSteps = 400_000;

/**
 * A function that renders `source` with the variables it is given.
 * @throws Error where it is no Jinja; the function, where it fails or does too much
 */
export function jinjaTemplate(source: string): (variables: Record<string, unknown>) => string {
  if (source.length > longestSource) {
    throw new Error(`${source.length} characters, more than ${longestSource}`);
  }
  // The library looks through a run of white space once from each of its places.
  for (const [run] of source.matchAll(/\s+/g)) {
    if (run.length > longestSpace)
      throw new Error(`${run.length} characters of white space, more than ${longestSpace}`);
  }
  const program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  return (variables) => {
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...globals, ...variables })) environment.set(name, value);
    return String(new BoundedInterpreter(environment).run(program).value);
  };
}

const constants = { true: true, True: true, false: false, False: false, none: null, None: null };
const globals = {
  ...constants,
  raise_exception(message: unknown) {
    throw new Error(String(message));
  },
  range,
};

function range(from: number, to?: number, step = 1): number[] {
  const [start, stop] = to === undefined ? [0, from] : [from, to];
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (!(count <= mostParts)) throw new Error(`range() of ${count} numbers, more than ${mostParts}`);
  return Array.from({ length: count }, (_, i) => start + i * step);
}

class BoundedInterpreter extends Interpreter {
  #steps = 0;
  /** Parts of each list and mapping that can no longer change. */
  #known = new WeakMap<object, number>();

  /** What loops go over: each of its parts is a step of the loop. */
  #iterated = new WeakSet<object>();

  override evaluate(...[statement, environment]: Parameters<Interpreter['evaluate']>): Value {
    this.#take(1);
    if (statement?.type === 'For')
      this.#iterated.add((statement as unknown as { iterable: object }).iterable);
    const value = super.evaluate(statement, environment);
    if (typeof value?.value === 'string') this.#text(value.value);
    else if (this.#inside(value))
      this.#measure(value, statement !== undefined && this.#iterated.has(statement));
    return value;
  }

  #take(steps: number): void {
    this.#steps += steps;
    if (this.#steps > mostSteps) throw new Error('it takes too many steps');
  }

  #text(text: string): void {
    if (text.length > longestText) throw new Error(`a text of ${text.length} characters`);
    this.#take(text.length / 1024);
  }

  #measure(value: Value, iterated: boolean): void {
    const known = this.#known.get(value);
    if (known === undefined) this.#take(this.#parts(value).count);
    else this.#take(iterated ? known : known / 16);
  }

  /** How many parts a value has; a namespace in it can change, so such a value is counted each time. */
  #parts(value: Value): { count: number; fixed: boolean } {
    const inside = this.#inside(value);
    if (!inside) return { count: 1, fixed: true };
    let count = this.#known.get(value) ?? 0;
    let fixed = value.type !== 'NamespaceValue';
    if (count === 0) {
      for (const part of inside) {
        const of = this.#parts(part);
        count += of.count;
        fixed &&= of.fixed;
        if (count > mostParts) throw new Error(`a list or mapping of more than ${mostParts} parts`);
      }
      count += 1;
      if (fixed) this.#known.set(value, count);
    }
    return { count, fixed };
  }

  #inside(value: Value): Iterable<Value> | null {
    const held: unknown = value?.value;
    if (Array.isArray(held)) return held;
    return held instanceof Map ? (held.values() as Iterable<Value>) : null;
  }
}
