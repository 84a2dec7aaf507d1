export {add, copyRows, div, mul, sub} from './binary';
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
export {leakyRelu, leakyReluGradient, segmentSum, tanh} from './elementwise';
export {numProductTasks, product, productScratch} from './product';
export {sumMiddle} from './reduction';
