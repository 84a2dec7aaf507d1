/** `dataset.json`: what a folder's owner says about its columns, in place of what would be guessed. */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {z} from 'zod';
import {badInput, UserError} from '../../core/checks';
import {readBytes} from '../files';

const count = z.number().int().positive().max(100_000);
const column = z.union([
  z.literal('attribute'),
  z.literal('ignore'),
  z.strictObject({
    kind: z.literal('image'),
    height: count.max(4096).optional(),
    width: count.max(4096).optional(),
    channels: z.union([z.literal(1), z.literal(3)]).optional(),
  }),
  z.strictObject({
    kind: z.literal('audio'),
    sampleRateHz: z.number().int().min(1000).max(384_000).optional(),
    seconds: z.number().positive().max(60).optional(),
    numMelBands: count.max(512).optional(),
    hopLengthSamples: count.optional(),
    windowLengthSamples: count.optional(),
    minFrequencyHz: z.number().min(0).optional(),
    maxFrequencyHz: z.number().positive().optional(),
    floorDb: z.number().negative().optional(),
    channels: z.union([z.literal(1), z.literal(2)]).optional(),
    referenceDb: z.number().optional(),
  }),
  z.strictObject({
    kind: z.literal('text'),
    tokens: z.enum(['words', 'characters']).optional(),
    maxTokens: count.max(1000).optional(),
    maxWords: count.min(3).optional(),
  }),
]);

const schema = z.strictObject({
  /** By name of column. */
  columns: z.record(z.string().min(1), column).default({}),
  /** Rows that may be bad, as a share; with more of them the folder is refused. */
  maxBadShare: z.number().min(0).max(1).default(0.1),
  /** Larger files are bad ones. */
  maxFileMegabytes: z.number().positive().max(1024).default(64),
});

export type ColumnSettings = z.infer<typeof column>;
export type FolderSettings = z.infer<typeof schema>;

/** Reads `file`, or `dataset.json` in the folder where that exists; the defaults where there is neither. */
export function readSettings(folder: string, file?: string): FolderSettings {
  const path = file ?? join(folder, 'dataset.json');
  if (file === undefined && !existsSync(path)) return schema.parse({});
  return parseSettings(readBytes(path), path);
}

/** @throws UserError that names the key: 'Unknown key "columns.image.heigth" in dataset.json.' */
export function parseSettings(bytes: Uint8Array, file = 'dataset.json'): FolderSettings {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(bytes));
  } catch (error) {
    throw badInput(file, 'JSON in UTF-8', (error as Error).message.replaceAll('\n', ' '));
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = deepest(parsed.error.issues[0]!);
  if (issue.code === 'unrecognized_keys')
    throw new UserError(`Unknown key "${[...issue.path, issue.keys[0]].join('.')}" in ${file}.`, 3);
  throw badInput(`${issue.path.join('.') || 'the content'} in ${file}`, 'a setting of a folder', issue.message);
}

type Issue = z.core.$ZodIssue;

/** Of a column that fits no kind, what is wrong with the kind that it fits best. */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors.map(issues => issues[0]).filter(each => each !== undefined);
  const best = inner.find(
    each => !(each.path.length === 0 && each.code !== 'unrecognized_keys') && each.path[0] !== 'kind',
  );
  return best ? ({...deepest(best), path: [...issue.path, ...best.path]} as Issue) : issue;
}
