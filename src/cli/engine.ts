/** Which engine computes, said once, before the first tensor. */
import {type BackendInfo, selectBackend} from '../backend/select';

export async function startEngine(say: (line: string) => void = line => console.error(line)): Promise<BackendInfo> {
  const info = await selectBackend();
  say(info.line);
  return info;
}
