// What native code needs to find its libraries and devices. Everything else of the parent's environment (database addresses,
// keys, tokens) stays out: the engine reads files that strangers made.
const passed = [
  'PATH',
  'LANG',
  'LC_ALL',
  'TZ',
  'HOME',
  'TMPDIR',
  'SystemRoot',
  'LD_LIBRARY_PATH',
  'CUDA_VISIBLE_DEVICES',
  'CUDA_PATH',
  'NVIDIA_VISIBLE_DEVICES',
  'GGML_VK_VISIBLE_DEVICES',
];

/** The environment of an engine process: the allow-listed names of the parent's, then what the operator adds. */
export function engineEnvironment(
  parent: Record<string, string | undefined>,
  extra: Record<string, string> = {},
): Record<string, string> {
  const chosen: Record<string, string> = {};
  for (const name of passed) {
    const value = parent[name];
    if (value !== undefined) chosen[name] = value;
  }
  return { ...chosen, ...extra };
}
