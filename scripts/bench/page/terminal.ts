/** The table on the terminal. */
import type {Results} from '../results';
import type {TimingRow} from '../timing';

export function printRows(rows: readonly TimingRow[], leftOut: Results['leftOut']): void {
  for (const {net, batch, threads, engine, medianMs, spreadMs, ratioTo, cores, othersCores, disturbedRounds} of rows) {
    const [ratio] = Object.entries(ratioTo).map(([to, value]) => `${value.toFixed(2)} × ${to}`);
    const cells = [
      net.padEnd(15),
      `batch ${batch}`.padEnd(10),
      `${threads} thread${threads > 1 ? 's' : ' '}`,
      engine.padEnd(22),
      `${medianMs.toFixed(2).padStart(9)} ms ± ${spreadMs.toFixed(2)}`.padEnd(24),
      `${cores.toFixed(2)} cores (others ${othersCores.toFixed(2)}, ${disturbedRounds} rounds again)`,
      ratio ?? '',
    ];
    console.log(cells.join('  ').trimEnd());
  }
  for (const {net, batch, engine, reason} of leftOut) console.log(`${net}, batch ${batch}: no ${engine} (${reason})`);
}
