/** What each column of a manifest is: one that the house knows, an attribute, or a modality of some kind. */
import {UserError, unknownChoice} from '../../core/checks';
import {tokenize} from '../tokens';
import type {ColumnSettings, FolderSettings} from './settings';

export type ColumnRole =
  | {readonly role: 'id' | 'split' | 'label' | 'attribute' | 'ignore'}
  /** Cells are paths; `settings` come from dataset.json. */
  | {readonly role: 'image'; readonly settings: Extract<ColumnSettings, {kind: 'image'}>}
  | {readonly role: 'audio'; readonly settings: Extract<ColumnSettings, {kind: 'audio'}>}
  /** Cells are sentences, or paths of files that hold one. */
  | {readonly role: 'text'; readonly inFiles: boolean; readonly settings: Extract<ColumnSettings, {kind: 'text'}>};

/**
 * `id`, `split` and `label` by their names. Of another column the cells that are not empty decide: more than half end in .png, .jpg,
 * .jpeg or .webp: pictures; in .wav: sounds; in .txt: texts in files (the others are bad rows: one wrong cell must not hide all that is
 * wrong with the files beside it); no numbers, and two words or more in half of them: texts; else an attribute. `dataset.json` goes
 * above this.
 *
 * @param samples some cells of each column, in the order of the columns.
 * @throws UserError when the settings name a column that is not there, or no column is a modality.
 */
export function columnRoles(
  columns: readonly string[],
  samples: readonly (readonly string[])[],
  settings: FolderSettings,
  file: string,
): ColumnRole[] {
  const foreign = Object.keys(settings.columns).find(name => !columns.includes(name));
  if (foreign !== undefined) throw new UserError(`${file}: ${unknownChoice('column', foreign, columns).message}`, 3);
  const roles = columns.map((name, i) => {
    const cells = samples[i]!.filter(cell => cell !== '');
    const told = settings.columns[name];
    if (told !== undefined) return roleFromSettings(told, cells);
    return knownRoles[name] ?? guess(cells);
  });
  if (!roles.some(({role}) => isModality(role))) {
    throw new UserError(
      `Expected ${file} to have a column of pictures, sounds or texts beside ${columns.join(', ')}, got none.`,
      3,
    );
  }
  return roles;
}

export function isModality(role: ColumnRole['role']): boolean {
  return role === 'image' || role === 'audio' || role === 'text';
}

const knownRoles: Readonly<Record<string, ColumnRole | undefined>> = Object.assign(Object.create(null), {
  id: {role: 'id'},
  split: {role: 'split'},
  label: {role: 'label'},
});

const pictureFile = /\.(png|jpe?g|webp)$/i;
const soundFile = /\.wav$/i;
const textFile = /\.txt$/i;

function roleFromSettings(told: ColumnSettings, cells: readonly string[]): ColumnRole {
  if (typeof told === 'string') return {role: told};
  if (told.kind === 'text') return {role: 'text', inFiles: most(cells, textFile), settings: told};
  if (told.kind === 'image') return {role: 'image', settings: told};
  return {role: 'audio', settings: told};
}

function guess(cells: readonly string[]): ColumnRole {
  if (most(cells, pictureFile)) return {role: 'image', settings: {kind: 'image'}};
  if (most(cells, soundFile)) return {role: 'audio', settings: {kind: 'audio'}};
  if (most(cells, textFile)) return {role: 'text', inFiles: true, settings: {kind: 'text'}};
  const sentences = cells.filter(cell => Number.isNaN(Number(cell)) && tokenize(cell).length >= 2).length;
  const isText = cells.length > 0 && sentences * 2 >= cells.length;
  return isText ? {role: 'text', inFiles: false, settings: {kind: 'text'}} : {role: 'attribute'};
}

function most(cells: readonly string[], pattern: RegExp): boolean {
  return 2 * cells.filter(cell => pattern.test(cell)).length > cells.length;
}
