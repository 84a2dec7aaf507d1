export {
  chunkBytes,
  convolve,
  convolveBack,
  packFilter,
  packFilterRows,
  picturesScratch,
  prepareChunk,
  sumFilter,
  sumScratch,
} from './convolution';
export {leakyRelu, leakyReluGradient, segmentSum} from './elementwise';
export {numProductTasks, product, productScratch} from './product';
