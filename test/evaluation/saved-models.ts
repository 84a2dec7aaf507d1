/** Small networks on the disk, in the two forms in which TensorFlow.js keeps them. */
import fs from 'node:fs';
import path from 'node:path';
import {tf} from '../../src/core/tensorflow';

/** Saves a model as TensorFlow.js does, without the engine's own file handler; returns the folder. */
export async function saveLayersModel(target: string, model: tf.LayersModel): Promise<string> {
  fs.mkdirSync(target);
  await model.save(
    tf.io.withSaveHandler(async ({modelTopology, weightSpecs, weightData}) => {
      const manifest = [{paths: ['weights.bin'], weights: weightSpecs}];
      const json = {format: 'layers-model', modelTopology, weightsManifest: manifest};
      fs.writeFileSync(path.join(target, 'model.json'), JSON.stringify(json));
      fs.writeFileSync(path.join(target, 'weights.bin'), Buffer.from(weightData as ArrayBuffer));
      return {modelArtifactsInfo: {dateSaved: new Date(0), modelTopologyType: 'JSON'}};
    }),
  );
  return target;
}

/** y = 2 x + 1 for x of shape [N, ...shape], through the operations of a graph model; 'doubled' is 2 x. */
export function saveGraphModel(target: string, shape: readonly number[]): string {
  fs.mkdirSync(target);
  const float = {type: 'DT_FLOAT'};
  const constant = (key: string) => ({
    name: key,
    op: 'Const',
    attr: {dtype: float, value: {tensor: {dtype: 'DT_FLOAT', tensorShape: {}}}},
  });
  const dim = [-1, ...shape].map(size => ({size: String(size)}));
  const node = [
    {name: 'x', op: 'Placeholder', attr: {dtype: float, shape: {shape: {dim}}}},
    constant('two'),
    constant('one'),
    {name: 'doubled', op: 'Mul', input: ['x', 'two'], attr: {T: float}},
    {name: 'y', op: 'Add', input: ['doubled', 'one'], attr: {T: float}},
  ];
  const weights = ['two', 'one'].map(key => ({name: key, shape: [], dtype: 'float32'}));
  const json = {
    format: 'graph-model',
    modelTopology: {node, versions: {producer: 1}},
    weightsManifest: [{paths: ['w.bin'], weights}],
  };
  fs.writeFileSync(path.join(target, 'model.json'), JSON.stringify(json));
  fs.writeFileSync(path.join(target, 'w.bin'), Buffer.from(Float32Array.of(2, 1).buffer));
  return target;
}
