/**
 * The font of all figures: DejaVu Sans, which comes as a package, so that a machine without any font draws the same
 * text as all others. sharp finds fonts through fontconfig, which reads its settings once, at the first text it draws.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** Where the text of figures comes from, for `doctor`. */
export interface FontStatus {
  /** The folder with the font files, or null when there is none. */
  readonly folder: string | null;
  /** One line for a person. */
  readonly line: string;
}

/** Points fontconfig to the packaged font, unless FONTCONFIG_FILE says otherwise. Call it before sharp draws text. */
export function prepareFonts(): FontStatus {
  if (process.env['FONTCONFIG_FILE']) {
    return {folder: null, line: `fonts: as ${process.env['FONTCONFIG_FILE']} says (FONTCONFIG_FILE is set)`};
  }
  const status = fontStatus();
  if (status.folder === null) return status;
  try {
    process.env['FONTCONFIG_FILE'] = writeSettings(status.folder);
  } catch (error) {
    return {
      folder: null,
      line: `fonts: those of the system (no settings file could be written: ${(error as Error).message})`,
    };
  }
  return status;
}

/** Finds the packaged font and changes nothing. */
export function fontStatus(): FontStatus {
  try {
    const folder = path.join(path.dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
    if (fs.existsSync(path.join(folder, 'DejaVuSans.ttf')))
      return {folder, line: 'fonts: DejaVu Sans (package dejavu-fonts-ttf)'};
  } catch {
    // Not installed: said below.
  }
  return {
    folder: null,
    line: 'fonts: those of the system; the package dejavu-fonts-ttf is missing, text may be empty boxes (npm install)',
  };
}

/** The packaged folder first; the system's folders after it, for letters that DejaVu lacks. */
function writeSettings(fontFolder: string): string {
  const folder = path.join(os.tmpdir(), `multimodal-gan-fonts-${os.userInfo().uid}`);
  const file = path.join(folder, 'fonts.conf');
  const system = [
    '/usr/share/fonts',
    '/usr/local/share/fonts',
    '/Library/Fonts',
    '/System/Library/Fonts',
    'C:\\Windows\\Fonts',
  ];
  const folders = [fontFolder, ...system.filter(candidate => fs.existsSync(candidate))];
  const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  const lines = folders.map(name => `  <dir>${escaped(name)}</dir>`).join('\n');
  const settings = `<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n${lines}\n  <cachedir>${escaped(path.join(folder, 'cache'))}</cachedir>\n</fontconfig>\n`;
  fs.mkdirSync(folder, {recursive: true});
  if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== settings) {
    const temporary = `${file}.${process.pid}`;
    fs.writeFileSync(temporary, settings);
    fs.renameSync(temporary, file);
  }
  return file;
}
