/** The optimizers' textbook formulas in float64, one weight at a time, as the papers write them. */

/** Moves a weight: the new weight for gradient g at step t (1 first) with rate α. Memory is in the closure. */
export type Textbook = () => (w: number, g: number, t: number, rate: number) => number;

export function adam(beta1: number, beta2: number, epsilon: number, decay = 0): Textbook {
  return () => {
    let [m, v] = [0, 0];
    return (w, g, t, rate) => {
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      const [mHat, vHat] = [m / (1 - beta1 ** t), v / (1 - beta2 ** t)];
      return w * (1 - rate * decay) - (rate * mHat) / (Math.sqrt(vHat) + epsilon);
    };
  };
}

export function rmsProp(rho: number, momentum: number, epsilon: number, centered: boolean): Textbook {
  return () => {
    let [v, a, u] = [0, 0, 0];
    return (w, g, _t, rate) => {
      v = rho * v + (1 - rho) * g * g;
      if (centered) a = rho * a + (1 - rho) * g;
      u = momentum * u + (rate * g) / Math.sqrt(v - a * a + epsilon);
      return w - u;
    };
  };
}

export function sgd(momentum: number, nesterov: boolean): Textbook {
  return () => {
    let u = 0;
    return (w, g, _t, rate) => {
      u = momentum * u + g;
      return w - rate * (nesterov ? g + momentum * u : u);
    };
  };
}
