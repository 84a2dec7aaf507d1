/** The record with every value mapped; keys stay, in their order. mapRecord({a: 1}, x => x + 1) is {a: 2}. */
export function mapRecord<A, B>(
  record: Readonly<Record<string, A>>,
  map: (value: A, key: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
