/** A net by its name, made ready to be measured. */
import {flagshipSubject} from './nets/flagship';
import {gameSubject} from './nets/game-subject';
import type {NetName} from './nets/nets';
import type {Subject, SubjectOptions} from './subject-type';

export async function buildSubject(name: NetName, batch: number, options: SubjectOptions): Promise<Subject> {
  return name === 'flagship' ? flagshipSubject(batch, options) : gameSubject(name, batch, options);
}
