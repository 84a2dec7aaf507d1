export {add, copyRows, div, mul, sub} from './binary';
export {convolve, convolveBack, packFilter, packFilterRows, picturesScratch} from './convolution';
export {leakyRelu, leakyReluGradient, segmentSum, tanh} from './elementwise';
export {chunkBytes, prepareChunk, sumFilter, sumScratch} from './filter-gradient';
export {numProductTasks, product, productScratch} from './product';
export {sumMiddle} from './reduction';
