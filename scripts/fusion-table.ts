/** Prints what every fusion computes, where it comes from and what it costs. Called as: npm run -s fusion:table > docs/fusion.md */
import {selectBackend} from '../src/backend/select';
import {fusionsByLevel} from '../src/core/fusion-names';
import {RandomStream} from '../src/core/random';
import {buildFusion, type FusionMethod, fusions} from '../src/fusion/fusion';
import {Parameters} from '../src/networks/parameters';

/** Three modalities in E, whose codes have 32 values, and in D, whose features have 128. */
const [K, inE, inD] = [3, 32, 128];

async function main(): Promise<void> {
  await selectBackend({prefer: 'cpu'});
  const lines = [
    '# Fusion',
    '',
    'Embeddings z₁ … z_K of D values, one a modality, and masks p₁ … p_K (1 observed, 0 filler) become one joint code c of D values on the unit sphere: `fuse(embeddings, present) → joint`. Any of them may be missing, but not all. What stands in an absent modality changes no bit of the result and of no gradient; the order of the modalities neither, for weights belong to names.',
    '',
    '```ts',
    "const fusion = buildFusion('gated', parameters, 'fusion', {modalities: ['image', 'speech'], embeddingDim: 32});",
    'const joint = fusion.fuse({image, speech}, {image: maskOfImages, speech: maskOfSounds});   // [N, 32]',
    '```',
    '',
    'In the flagship `fusion` chooses that of E, which joins what is seen of an example into its content, and `discriminatorFusion` that of D (none unless told), with which D also judges the example as a whole:',
    '',
    '```',
    `{"model": {"fusion": "gated", "discriminatorFusion": "crossModalAttention"}}`,
    '```',
    '',
    `The first of each level is what the level's own name stands for (${Object.keys(fusionsByLevel).join(', ')}). unit(x) = x / ‖x‖, ⊙ value by value, σ the logistic function, leaky(x) = max(x, .2·x). Each begins as the product of experts: what it learns is added with weights that start at 0.`,
    '',
    '| level | name | formula | source |',
    '|---|---|---|---|',
    ...each((method, level) => {
      const {formula, source} = fusions[method];
      return `| ${level} | \`${method}\` | ${formula} | ${source} |`;
    }),
    '',
    '## Cost',
    '',
    `Of one example with K modalities of D values, products of matrices only; in numbers for K = ${K} and D = ${inE} (E of the flagship) and ${inD} (its D).`,
    '',
    `| name | parameters | D = ${inE} | D = ${inD} | multiply-adds | D = ${inE} | D = ${inD} |`,
    '|---|---|---:|---:|---|---:|---:|',
    ...each(method => {
      const {cost} = fusions[method];
      const [small, large] = [inE, inD].map(D => count(counted(method, D)));
      const adds = [inE, inD].map(D => count(cost.numMultiplyAdds(K, D)));
      return `| \`${method}\` | ${cost.parameters} | ${small} | ${large} | ${cost.multiplyAdds} | ${adds.join(' | ')} |`;
    }),
    '',
    'The numbers of parameters are counted in built fusions; that formulas and counts agree, of multiply-adds too, is a test (`test/fusion`).',
    '',
    'How they compare on the same data with the same budget, complete and with half of everything missing: [fusion-ablation.md](fusion-ablation.md).',
  ];
  console.log(lines.join('\n'));
}

function each(line: (method: FusionMethod, level: string) => string): string[] {
  return Object.entries(fusionsByLevel).flatMap(([level, methods]) =>
    methods.map(method => line(method, level.replace('Level', ''))),
  );
}

function counted(method: FusionMethod, embeddingDim: number): number {
  const parameters = new Parameters(new RandomStream(1, 'fusion-table'));
  buildFusion(method, parameters, 'f', {modalities: ['a', 'b', 'c'].slice(0, K), embeddingDim});
  const total = parameters.count();
  parameters.dispose();
  return total;
}

function count(value: number): string {
  return value.toLocaleString('en');
}

void main();
