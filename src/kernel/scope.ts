/**
 * The variables of all cells. What a cell declares is local to its script; later cells reach it through their `exports`.
 *
 * Each cell has an `exports` of its own: the names that it declares are published until a later cell declares them again, and
 * all others are looked up among the published ones. A `let` or `var` stays where it is and is read and written through two
 * functions of its cell, so that there is one variable, whoever assigns it.
 */

/** Reads and writes a variable of a cell. */
export type Live = readonly [get: () => unknown, set: (value: unknown) => void];

export interface CellNames {
  /** Everything with a value that the cell declares or imports. */
  readonly declared: readonly string[];
  /** Those of them that can be assigned. */
  readonly live: readonly string[];
  /** The name under which the script puts the value of its last expression; undefined where it has none. */
  readonly result: string | undefined;
}

type Variables = Record<string, unknown>;

export class Scope {
  private readonly shared = Object.create(null) as Variables;

  open(names: CellNames): CellScope {
    return new CellScope(names, this.shared);
  }
}

export class CellScope {
  /** What the script gets as `exports`. */
  readonly exports: object;
  /** The value of the last expression so far. */
  result: unknown;
  private readonly own: Variables;
  private readonly variables = new Map<string, Live>();
  private readonly published = new Set<string>();

  constructor(
    private readonly names: CellNames,
    private readonly shared: Variables,
  ) {
    this.own = Object.create(shared) as Variables;
    for (const name of names.declared) this.define(name, stored());
    if (names.result !== undefined) {
      const set = (value: unknown) => {
        this.result = value;
      };
      Object.defineProperty(this.own, names.result, {get: () => this.result, set});
    }
    this.exports = new Proxy(this.own, {
      // A script exports what it imports as a getter.
      defineProperty: (own, name, {get, value}) => {
        if (typeof name !== 'string' || !this.variables.has(name)) return true;
        this.define(name, [get ? () => get.call(own) as unknown : () => value, () => {}]);
        this.publish(name);
        return true;
      },
    });
  }

  /** Called by the first line of the script: from now on these variables are those of the script itself. */
  connect(live: Readonly<Record<string, Live>>): void {
    // The script has assigned its variable already when it says so through `exports`.
    for (const [name, [get, set]] of Object.entries(live)) this.define(name, [get, () => {}], set);
  }

  /**
   * Publishes the rest when the script has ended; of one that failed, what it had come to.
   *
   * @returns The names that it had not come to: for them the older ones stay.
   */
  settle(finished: boolean): readonly string[] {
    const missing = finished
      ? []
      : this.names.declared.filter(name => !this.published.has(name) && !this.isReached(name));
    for (const name of this.names.declared) if (!missing.includes(name)) this.publish(name);
    return missing;
  }

  private define(name: string, [get, set]: Live, setFromOutside = set): void {
    this.variables.set(name, [get, setFromOutside]);
    const setFromInside = (value: unknown) => {
      set(value);
      // A script begins with setting all that it exports to undefined; that is no value yet.
      if (value !== undefined) this.publish(name);
    };
    Object.defineProperty(this.own, name, {get, set: setFromInside, configurable: true, enumerable: true});
  }

  private publish(name: string): void {
    // Once: a later cell may have declared the name again by now.
    if (this.published.has(name)) return;
    this.published.add(name);
    const [get, set] = this.variables.get(name)!;
    Object.defineProperty(this.shared, name, {get, set, configurable: true, enumerable: true});
  }

  /** A `let` that was declared without a value counts; one whose declaration was not come to throws. */
  private isReached(name: string): boolean {
    try {
      return this.own[name] !== undefined || this.names.live.includes(name);
    } catch {
      return false;
    }
  }
}

function stored(): Live {
  let value: unknown;
  const set = (next: unknown) => {
    value = next;
  };
  return [() => value, set];
}
