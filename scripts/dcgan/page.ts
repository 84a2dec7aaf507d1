/** docs/dcgan.md, from the runs of its benchmark. */
import {cpus} from 'node:os';
import {join} from 'node:path';
import {writeFileWhole} from '../../src/core/files';
import {seedInterval} from '../../src/evaluation/intervals';

export type Program = 'ours' | 'pytorch' | 'real';

export interface DcganRow {
  /** Name of the dataset. */
  readonly data: string;
  readonly program: Program;
  readonly seed: number;
  readonly steps: number;
  /** The first eight digits of the SHA-256 of the classifier's weights. Rows of another judge are not compared with these. */
  readonly judge: string;
  /** To the test split, in the features of the data's own classifier. */
  readonly frechet: number;
  /** Of training. */
  readonly cpuSeconds: number;
  /** Trainable numbers of G and of D. */
  readonly parameters: readonly number[];
  readonly engine: string;
}

const titles: Readonly<Record<string, string>> = {digits: 'digits, 28×28×1', shapes: 'shapes, 32×32×3'};

export function pageOf(rows: readonly DcganRow[], folder: string): void {
  const keys = [...new Set(rows.map(keyOf))];
  const lines = keys.flatMap(key => {
    const own = rows.filter(row => keyOf(row) === key);
    const [ours, peer, real] = (['ours', 'pytorch', 'real'] as const).map(program =>
      own.filter(row => row.program === program),
    ) as [DcganRow[], DcganRow[], DcganRow[]];
    if (ours.length === 0 || peer.length === 0) return [];
    const mean = (some: readonly DcganRow[]) => some.reduce((sum, {frechet}) => sum + frechet, 0) / some.length;
    const cells = [
      titles[own[0]!.data] ?? own[0]!.data,
      own[0]!.steps,
      ours.length === peer.length ? ours.length : `${ours.length} and ${peer.length}`,
      spread(ours),
      spread(peer),
      (mean(ours) / mean(peer)).toFixed(2),
      real[0]?.frechet.toFixed(2) ?? '–',
      `${seconds(ours)} / ${seconds(peer)}`,
    ];
    return [`| ${cells.join(' | ')} |`];
  });
  const counts = rows.filter(({parameters}) => parameters.length > 0);
  const sizes = [
    ...new Set(
      counts.map(({data, parameters}) => `${data}: ${parameters.map(n => n.toLocaleString('en')).join(' and ')}`),
    ),
  ];
  const engines = [...new Set(counts.map(({engine}) => engine))].join(', ');
  writeFileWhole(
    join(folder, 'dcgan.md'),
    `# The preset \`dcgan\` beside PyTorch

Made by \`npm run bench:dcgan\`; every run is in [dcgan.json](dcgan.json). Engines: ${engines}, one thread each, ${cpus()[0]?.model.trim() ?? 'an unknown processor'}.

Fréchet distance of 2,000 generated pictures to the test split, in the features of the classifier that judges these data; lower is better. Mean ± standard deviation over seeds.
After so few steps both are still far from real; compared is the same point of the same training. *Ratio*: ours by PyTorch's; at most 1.5 is asked for. *Real*: the same distance of 2,000 real training pictures.
Seeds "2 and 1" are of ours and of PyTorch's; single runs of the shapes, which are sparse, differ by more than the two programs do.

| data | steps | seeds | ours | PyTorch | ratio | real | CPU s a run, ours / PyTorch |
|---|---|---|---|---|---|---|---|
${lines.join('\n')}

Both programs train the same networks (trainable numbers of G and D, counted in each: ${sizes.join('; ')}) from the same distribution of starts, N(0, .02²), on the same pictures, in batches of 64, one step of D and one of G in turn,
with Adam 2e-4, β₁ = .5, from logits; the statistics of batch norm are measured over ten batches after training. Random numbers differ. [scripts/peers/dcgan.py](../scripts/peers/dcgan.py) is the PyTorch program; the samples of
both lie in \`out/dcgan\`, where \`multimodal-gan evaluate --samples\` scores them.
`,
  );
}

function keyOf({data, steps, judge}: DcganRow): string {
  return `${data}/${steps}/${judge}`;
}

function seconds(rows: readonly DcganRow[]): string {
  return (rows.reduce((sum, {cpuSeconds}) => sum + cpuSeconds, 0) / rows.length).toFixed(0);
}

function spread(rows: readonly DcganRow[]): string {
  if (rows.length === 1) return rows[0]!.frechet.toFixed(2);
  const {mean, standardDeviation} = seedInterval(rows.map(({frechet}) => frechet));
  return `${mean.toFixed(2)} ± ${standardDeviation.toFixed(2)}`;
}
