/** Every layer keeps the rules of a network: shapes, gradients of first and second order, masks, saving, leaks, on each backend. */
import {checkNetwork} from '../../../src/networks/check/check-network';
import {testOnEachBackend} from '../../backend/support';
import {layerDefinitions} from './definitions';

testOnEachBackend('every layer keeps every rule', () => {
  for (const definition of layerDefinitions) checkNetwork(definition);
});
