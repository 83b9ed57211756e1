import { type Cloud, isObject, type Resource, Unknown, type Value } from '../model.js';

/** Drops the API version segment of azure-native types: `azure-native:keyvault/v20240501:Key`. */
export function normalizeType(type: string): string {
  return type.replace(/^(azure-native:[^/:]+)\/v\d{8}[a-z0-9]*:/, '$1:');
}

/** One resource of a Pulumi preview or stack export. */
export function pulumiResource(cloud: Cloud, file: string, state: { readonly urn: string; readonly type: string; readonly inputs: Value; readonly attributes: Value }): Resource {
  const inputs = known(state.inputs);
  return {
    cloud, id: state.urn, type: normalizeType(state.type), name: state.urn.split('::').at(-1) ?? state.urn,
    properties: isObject(inputs) ? inputs : {}, attributes: isObject(state.attributes) ? state.attributes : {}, file, source: null,
  };
}

const UNKNOWN_SENTINEL = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const SIGNATURE = '4dabf18193072939515e22adb298388d';

function known(value: Value): Value {
  if (value === UNKNOWN_SENTINEL) return new Unknown('not known at preview');
  if (value === '[secret]') return new Unknown('secret');
  if (Array.isArray(value)) return value.map(known);
  if (!isObject(value)) return value;
  if (SIGNATURE in value) return new Unknown('secret');
  if (value['__pulumiUnknown'] === true) return new Unknown('not known at preview');
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, known(item)]));
}
