import type { MetaGraph } from '../formats/tensorflow-proto/graph-def.ts';
import { nodeName } from './walk-graph.ts';

/** The signature that TensorFlow 2 puts the initialization into. */
export const INIT_SIGNATURE = '__saved_model_init_op';
/** Where TensorFlow 1 puts it. */
const COLLECTIONS = ['saved_model_main_op', 'legacy_init_op', 'table_initializer'];

/** The nodes that TensorFlow runs when it has loaded a model. */
export function initialNodes({ signatures, collections }: MetaGraph): readonly string[] {
  const outputs = [...(signatures.get(INIT_SIGNATURE)?.outputs.values() ?? [])];
  return [...outputs.map(({ name }) => name), ...COLLECTIONS.flatMap((name) => collections.get(name) ?? [])].map(
    nodeName,
  );
}
