/** TensorFlow ops that may stand in a recorded step: same inputs, same output, and shapes that do not depend on data. */

const elementwise = `Abs Acos Acosh Add AddN AddV2 Asin Asinh Atan Atan2 Atanh BitwiseAnd BitwiseOr Cast Ceil ClipByValue
  Complex ComplexAbs Cos Cosh Div DivNoNan Elu EluGrad Equal Erf Exp Expm1 Floor FloorDiv FloorMod Greater GreaterEqual
  Identity Imag Inv IsFinite IsInf IsNan LeakyRelu LeakyReluGrad Less LessEqual Log Log1p LogicalAnd LogicalNot LogicalOr
  Maximum Minimum Mod Mul Neg NotEqual OnesLike Pow Prelu Real RealDiv Reciprocal Relu Relu6 Relu6Grad ReluGrad Rint
  Round Rsqrt RsqrtGrad Select SelectV2 Selu SeluGrad Sigmoid SigmoidGrad Sign Sin Sinh Softplus SoftplusGrad Sqrt
  SqrtGrad Square SquaredDifference Sub Tan Tanh TanhGrad ZerosLike`;

const reductions = `All Any ArgMax ArgMin Cumprod Cumsum LogSoftmax Max Mean Min Prod Softmax Sum TopKV2`;

const products = `BatchMatMul BatchMatMulV2 BiasAdd BiasAddGrad Conv2D Conv2DBackpropFilter Conv2DBackpropInput Conv3D
  Conv3DBackpropFilterV2 Conv3DBackpropInputV2 DepthwiseConv2dNative DepthwiseConv2dNativeBackpropFilter
  DepthwiseConv2dNativeBackpropInput Dilation2D Dilation2DBackpropFilter Dilation2DBackpropInput Einsum FFT IFFT IRFFT
  MatMul RFFT`;

const pools = `AvgPool AvgPool3D AvgPool3DGrad AvgPoolGrad FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 LRN LRNGrad
  MaxPool MaxPool3D MaxPool3DGrad MaxPoolGrad ResizeBilinear ResizeBilinearGrad ResizeNearestNeighbor
  ResizeNearestNeighborGrad CropAndResize`;

const shapes = `BatchToSpaceND BroadcastArgs BroadcastTo Concat ConcatV2 DepthToSpace ExpandDims Fill GatherNd GatherV2
  LinSpace MirrorPad OneHot Pack Pad PadV2 Range Reshape Reverse ReverseV2 ScatterNd Slice SpaceToBatchND SpaceToDepth
  SparseToDense Split SplitV Squeeze StridedSlice StridedSliceGrad TensorScatterUpdate Tile Transpose Unpack
  UnsortedSegmentSum`;

/** Their order is kept by resource. */
const state = `AssignAddVariableOp AssignSubVariableOp AssignVariableOp ReadVariableOp ResourceApplyAdam
  ResourceApplyAdamWithAmsgrad ResourceApplyAdaMax ResourceApplyCenteredRMSProp ResourceApplyGradientDescent
  ResourceApplyKerasMomentum ResourceApplyMomentum ResourceApplyRMSProp`;

/** Functions of a seed tensor. */
const stateless = `StatelessRandomGetKeyCounter StatelessRandomGetAlg StatelessRandomNormal StatelessRandomNormalV2
  StatelessRandomUniform StatelessRandomUniformFullInt StatelessRandomUniformFullIntV2 StatelessRandomUniformInt
  StatelessRandomUniformIntV2 StatelessRandomUniformV2 StatelessTruncatedNormal StatelessTruncatedNormalV2`;

const recordable = new Set(
  [elementwise, reductions, products, pools, shapes, state, stateless].flatMap(names => names.split(/\s+/)),
);

const dataDependent =
  /^(Where|Unique|NonMaxSuppression|DynamicPartition|ListDiff|Ragged|Sparse|String|StaticRegex|Decode)/;

/** Why this op must not be recorded, or null. */
export function opRefusal(op: string): string | null {
  if (recordable.has(op)) return null;
  if (dataDependent.test(op)) return `the shape or content of what ${op} returns depends on data`;
  if (op === 'Multinomial') return 'Multinomial draws with a seed of the host; draw with a stateless op and a counter';
  return `${op} is not on the list of ops that are known to replay exactly`;
}
