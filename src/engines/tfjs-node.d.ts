// Not installed for development: its install script downloads a binary (docs/loaders/tfjs.md).
declare module '@tensorflow/tfjs-node';
