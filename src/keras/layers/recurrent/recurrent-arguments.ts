import { cast } from '../../graph/cast.ts';
import type { KerasTensor } from '../../graph/keras-tensor.ts';
import type { LayerCall } from '../../graph/layer-type.ts';

/** What a recurrent layer is called with beside its input. */
export interface RecurrentArguments {
  /** The mask that the recurrence takes. */
  readonly mask: KerasTensor | undefined;
  /** The mask that a sequence of outputs has. */
  readonly outputMask: KerasTensor | undefined;
  readonly initial: readonly KerasTensor[] | undefined;
}

/**
 * Mask and initial states of a call. Keras 2 lists the states behind the input, Keras 3 names them,
 * and does not look at the mask of an input then: only a mask that is named too takes part.
 *
 * @param states how many states the layer has
 */
export function callArguments(call: LayerCall, states: number): RecurrentArguments {
  const { g, args, inputs, layer, config, dtype, unsupported } = call;
  const latest = layer.generation === 3;
  if (args.training)
    throw unsupported('is called with training=True, which makes its output random; build the model without it');
  if (args.value('constants') !== undefined) throw unsupported('is called with constants, which are not passed on');
  const named = args.tensors('initial_state', latest ? 0 : undefined);
  const given = named ?? (inputs.length > 1 ? inputs.slice(1) : undefined);
  if (given !== undefined && given.length !== states)
    throw config.malformed(`is called with ${given.length} initial states, it has ${states}`);
  const stated = args.tensor('mask', latest ? 1 : 0);
  const implied = inputs[0]?.mask;
  const mask = stated ?? (latest && named !== undefined ? undefined : implied);
  if (mask !== undefined && mask.rank !== 2)
    throw unsupported(`gets a mask of rank ${mask.rank}; masks of one value per step are done`);
  return {
    mask: mask === undefined ? undefined : cast(g, mask, 'bool'),
    outputMask: stated ?? implied,
    initial: given?.map((state) => cast(g, state, dtype)),
  };
}
