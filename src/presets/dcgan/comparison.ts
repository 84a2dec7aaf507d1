/** Joint models of picture and text, compared: three fusions on one task, several tasks at once, and a task that none was trained on. */
import {RandomStream} from '../../core/random';
import type {Dataset} from '../../datasets/dataset';
import {agreement} from '../../evaluation/classes';
import {linearProbe} from '../../evaluation/linear-probe';
import {TextCodec} from '../../features/text-codec';
import {type FusionName, fusionNames} from '../../fusion/fusion';
import {type PictureTexts, pictureTexts} from '../picture-texts';
import type {Finding, PresetCurves} from '../preset-type';
import {type JointModel, type JointRows, type Shown, trainJointModel} from './joint-model';
import {type Question, questionsOf} from './questions';

export interface ComparedModels {
  readonly findings: readonly Finding[];
  readonly curves: readonly PresetCurves[];
  /** Whether the two parts of generated pairs are of one class, by a model that sees one of them at a time. */
  aboutPairs(pairs: JointRows): Finding[];
  dispose(): void;
}

const shownParts = {both: ['image', 'text'], picture: ['image'], text: ['text']} as const satisfies Record<
  string,
  Shown
>;

/**
 * Trains the joint models on the data and asks them about the test split.
 *
 * @param sketch one model as the sketch has it, side by side, on complete rows and one task; else every comparison.
 */
export async function comparedModels(
  data: PictureTexts,
  dataset: Dataset,
  sketch: boolean,
  {seed, steps, signal}: {readonly seed: number; readonly steps: number; readonly signal?: AbortSignal},
): Promise<ComparedModels> {
  const held = pictureTexts(dataset, 'test', new RandomStream(seed, 'dcgan/test'), 1000);
  const [train, test] = [encoded(data), encoded(held)];
  const questions = questionsOf(data.rows, held.rows);
  const [task, ...others] = questions;
  if (!task) return {findings: [], curves: [], aboutPairs: () => [], dispose: () => {}};
  const specs = {image: data.image, text: data.text};
  const model = (fusion: FusionName, asked: readonly Question[], length = steps) =>
    trainJointModel(train, {specs, fusion, questions: asked, seed}, {steps: length, withMissing: !sketch, signal});

  const byFusion: Partial<Record<FusionName, JointModel>> = {};
  for (const fusion of sketch ? (['featureLevel'] as const) : fusionNames)
    byFusion[fusion] = await model(fusion, [task]);
  const rights = Object.entries(byFusion).map(([fusion, each]) => ({
    fusion,
    shares: Object.entries(shownParts).map(([name, shown]) => {
      const value = agreement([each.answers(test, shown)[task.name]!, task.test]);
      return {name, value};
    }),
  }));
  const findings: Finding[] = rights.flatMap(({fusion, shares}) =>
    shares.map(({name, value}) => ({
      name: `${task.name}, ${fusion}, from ${name}`,
      value,
      meaning: `test accuracy; ${chance(task)} by chance`,
    })),
  );
  if (!sketch && others.length > 0) {
    const unseen = others[others.length - 1]!;
    const several = questions.slice(0, -1);
    const untrained = await model('featureLevel', [task], 0);
    const ofAll = several.length > 1 ? await model('featureLevel', several) : null;
    const answers = ofAll?.answers(test, shownParts.both) ?? {};
    for (const question of ofAll ? several : [])
      findings.push({
        name: `${question.name}, of ${several.length} tasks`,
        value: agreement([answers[question.name]!, question.test]),
        meaning: `test accuracy of one model for all; ${chance(question)} by chance`,
      });
    const probed = {
      'an untrained model': untrained,
      'a model of one task': byFusion.featureLevel!,
      ...(ofAll ? {[`a model of ${several.length} tasks`]: ofAll} : {}),
    };
    for (const [name, each] of Object.entries(probed))
      findings.push({
        name: `unseen task, codes of ${name}`,
        value: linearProbe(
          each.codes(train, shownParts.both),
          each.codes(test, shownParts.both),
          unseen.train,
          unseen.test,
        ),
        meaning: `"${unseen.name}", which none was trained on, by a linear probe; ${chance(unseen)} by chance`,
      });
    for (const each of [untrained, ofAll]) each?.dispose();
  }
  const judge = byFusion.featureLevel!;
  return {
    findings,
    curves: [
      {
        title: `Test accuracy of "${task.name}", by what is shown`,
        xTitle: 'what is shown',
        yTitle: 'accuracy',
        groups: Object.keys(shownParts),
        lines: rights.map(({fusion, shares}) => ({
          name: fusion,
          x: shares.map((_, i) => i),
          y: shares.map(({value}) => value),
        })),
      },
    ],
    aboutPairs(pairs) {
      const [picture, text] = [shownParts.picture, shownParts.text].map(
        shown => judge.answers(pairs, shown)[task.name]!,
      ) as [Int32Array, Int32Array];
      return [
        {
          name: 'generated pairs that agree',
          value: agreement([picture, text]),
          meaning: `picture and text of one z, of one ${task.name}; ${chance(task)} by chance: nobody asks the two generators to agree`,
        },
      ];
    },
    dispose: () => {
      for (const each of Object.values(byFusion)) each.dispose();
    },
  };
}

function encoded({pixels, captions, text}: PictureTexts): JointRows {
  const codec = new TextCodec(text);
  return {image: pixels, text: captions.map(caption => codec.encode(caption))};
}

/** Accuracy of always giving the most frequent answer. */
function chance({test, numAnswers}: Question): string {
  const counts = new Float64Array(numAnswers);
  for (const answer of test) counts[answer]!++;
  return (Math.max(...counts) / test.length).toFixed(2);
}
