/** docs/presets.md, from runs of the presets. */
import {join} from 'node:path';
import {numberText} from '../../src/cli/preset-run';
import {writeFileWhole} from '../../src/core/files';
import type {Finding, Preset, PresetVariant} from '../../src/presets/preset-type';

export interface PresetRow {
  readonly preset: string;
  readonly variant: PresetVariant;
  readonly seed: number;
  readonly epochs: number;
  readonly findings: readonly Finding[];
  /** Some of what G says, where it says something. */
  readonly texts: readonly string[];
  readonly cpuSeconds: number;
  readonly backend: string;
}

export function pageOf(
  rows: readonly PresetRow[],
  folder: string,
  presets: readonly Preset[],
  summaries: readonly string[],
): void {
  const sections = presets.flatMap(preset => {
    const [published, corrected] = (['asPublished', 'corrected'] as const).map(variant =>
      rows.find(row => row.preset === preset.name && row.variant === variant),
    );
    return published && corrected ? [section(preset, published, corrected)] : [];
  });
  const code = summaries.map(text => `\`\`\`\n${text}\n\`\`\``).join('\n\n');
  writeFileWhole(
    join(folder, 'presets.md'),
    `# The five classic presets, before and after

Made by \`npm run presets:page\` on the embedded digits, seed 1; every number is in [presets.json](presets.json). One preset alone: \`npx multimodal-gan train --preset NAME\`, and \`--as-published\` with its errors.
Pictures: as published on the left, corrected on the right. (The points of \`perceptron\` lie in the unit square, drawn here from −1 to 1.)

${sections.join('\n')}
## Layers of the preset \`dcgan\`

${code}
`,
  );
}

function section({name, description, errors, losses}: Preset, published: PresetRow, corrected: PresetRow): string {
  const names = [...new Set([...published.findings, ...corrected.findings].map(finding => finding.name))];
  const cell = ({findings}: PresetRow, asked: string) => {
    const found = findings.find(each => each.name === asked);
    return found ? numberText(found.value) : '–';
  };
  const meaning = (asked: string) =>
    [...corrected.findings, ...published.findings].find(each => each.name === asked)!.meaning;
  const lines = names.map(
    each =>
      `| ${each} | ${cell(published, each)} | ${cell(corrected, each)} | ${meaning(each).replaceAll('|', '\\|')} |`,
  );
  const said = (row: PresetRow) => (row.texts.length > 0 ? row.texts.map(text => `"${text}"`).join(', ') : null);
  const texts = said(corrected) ? `\nIt says, as published: ${said(published)}. Corrected: ${said(corrected)}.\n` : '';
  const others = losses?.slice(1).map(loss => `\`--loss ${loss}\``);
  const choice = others ? `\nCorrected by ${losses![0]}, as measured here, or with ${others.join(' or ')}.\n` : '';
  return `## ${name}

The system: ${description}. As published:

${errors.map(error => `- ${error}`).join('\n')}
${choice}
| measured | as published | corrected | what it says |
|---|---|---|---|
| epochs | ${published.epochs} | ${corrected.epochs} | with ${published.cpuSeconds.toFixed(0)} and ${corrected.cpuSeconds.toFixed(0)} seconds of CPU |
${lines.join('\n')}
${texts}
![What G of ${name} makes, as published and corrected](presets/${name}.png)
`;
}
