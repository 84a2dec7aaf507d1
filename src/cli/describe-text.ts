/** A dataset's description as lines for a terminal. */
import type {SplitName} from '../core/types';
import type {DatasetDescription, ModalityFacts, Spread} from '../datasets/describe';
import type {FolderFindings} from '../datasets/folder/folder';

const splitNames: readonly SplitName[] = ['train', 'validation', 'test'];
/** Classes that are listed one by one. */
const mostClasses = 40;

export function describeText(description: DatasetDescription, findings?: FolderFindings): string {
  const {name, source, splits, modalities, attributes} = description;
  const names = Object.keys(modalities);
  const counts = [
    ['split', 'examples', ...names, 'complete'],
    ...splitNames.map(split => {
      const {examples, shown, complete} = splits[split];
      return [split, examples, ...names.map(modality => shownText(shown[modality]!, examples)), complete].map(String);
    }),
  ];
  const classNames = [...new Set(splitNames.flatMap(split => Object.keys(splits[split].classes)))];
  const classes = [
    ['class', ...splitNames],
    ...classNames
      .slice(0, mostClasses)
      .map(label => [label, ...splitNames.map(split => String(splits[split].classes[label] ?? 0))]),
  ];
  const more = classNames.length > mostClasses ? [`… and ${classNames.length - mostClasses} more classes`] : [];
  const kinds = Object.keys(attributes).map(key => `${key} (${attributes[key]})`);
  return [
    `${name}: ${source}`,
    ...(findings ? [columnsText(findings)] : []),
    '',
    ...table(counts),
    ...(classNames.length > 0 ? ['', ...table(classes), ...more] : []),
    '',
    ...names.flatMap(modality => factLines(modality, modalities[modality]!, findings)),
    ...(kinds.length > 0 ? [`attributes, with the number of their values: ${kinds.join(', ')}`] : []),
  ].join('\n');
}

function columnsText({columns, badRows, numRows}: FolderFindings): string {
  const bad =
    badRows.length > 0 ? `; ${badRows.length} of ${numRows} rows are bad and left out` : '; every row is good';
  return `columns: ${columns.map(({name, role}) => (name === role ? name : `${name} (${role})`)).join(', ')}${bad}`;
}

/** '8', or '6 (2 missing)'. */
function shownText(shown: number, examples: number): string {
  return shown === examples ? String(shown) : `${shown} (${examples - shown} missing)`;
}

function factLines(name: string, facts: ModalityFacts, findings?: FolderFindings): string[] {
  const looked = `(${facts.looked} looked at)`;
  if (facts.kind === 'image') {
    const {height, width, channels} = facts.spec;
    const lines = [
      `${name}: picture of ${height} × ${width} × ${channels}; values ${spreadText(facts.values, 0)} of 0–255, mean ${facts.mean.toFixed(1)} ${looked}`,
    ];
    const files = findings?.pictures[name];
    if (files && files.length > 0) {
      const sides = (side: 'height' | 'width') => range(files.map(file => file[side]));
      const colours = files.filter(file => file.channels === 3).length;
      lines.push(`  files: ${sides('height')} high, ${sides('width')} wide, ${colours} of ${files.length} in colour`);
    }
    return lines;
  }
  if (facts.kind === 'audio') {
    const {sampleRateHz, clipSamples, channels = 1, numMelBands, hopLengthSamples} = facts.spec;
    const seconds = (clipSamples / sampleRateHz).toFixed(2);
    const lines = [
      `${name}: ${channels === 2 ? 'stereo ' : ''}sound of ${seconds} s at ${sampleRateHz} Hz, seen as ${numMelBands} mel bands × ${Math.ceil(clipSamples / hopLengthSamples)} frames${channels === 2 ? ' × 2' : ''}; lasts ${spreadText(facts.seconds, 2)} s, peak ${spreadText(facts.peak, 2)} ${looked}`,
    ];
    const files = findings?.sounds[name];
    if (files && files.length > 0) {
      const rates = [...new Set(files.map(file => file.sampleRateHz))].sort((a, b) => a - b);
      const durations = files.map(file => file.seconds);
      lines.push(
        `  files: ${rates.join(', ')} Hz, ${range(durations.map(each => Number(each.toFixed(2))))} s, ${range(files.map(file => file.channels))} channel(s)`,
      );
    }
    return lines;
  }
  const {vocabulary, maxTokens, tokens = 'words'} = facts.spec;
  const {unknown, cut, distinct, frequent} = facts;
  return [
    `${name}: text of at most ${maxTokens} ${tokens}, vocabulary ${vocabulary.length}; ${spreadText(facts.tokens, 0)} ${tokens}, ${distinct} different, ${percent(unknown)} unknown, ${percent(cut)} cut ${looked}`,
    `  most frequent: ${frequent.map(token => JSON.stringify(token)).join(', ')}`,
  ];
}

/** 'least – most, median' of numbers. */
function spreadText({least, median, most}: Spread, digits: number): string {
  return `${least.toFixed(digits)}–${most.toFixed(digits)} (median ${median.toFixed(digits)})`;
}

function range(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? String(least) : `${least}–${most}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

/** The first column to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map(row => row[i]!.length)));
  return rows.map(row =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]! + 2)))
      .join('')
      .trimEnd(),
  );
}
