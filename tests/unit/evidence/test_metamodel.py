"""The metamodel against functions that it can be exactly, and against noise that it must leave out."""

import numpy as np
import pytest
from scipy import integrate

from claimed_worlds import LinearWorld, inputs_of
from corridor_sim.evidence.draws import bootstrapped, resampled, sobol_points, uniform_draws
from corridor_sim.evidence.metamodel import best_guess, fit, guess_by_responses
from corridor_sim.evidence.polynomials import Basis, evaluated, legendre
from corridor_sim.evidence.responses import Responses, mean_responses


def exact(values: np.ndarray) -> Responses:
    return Responses(values, np.zeros(len(values)), 2)


@pytest.mark.parametrize("one", range(5))
@pytest.mark.parametrize("other", range(5))
def test_polynomials_are_orthonormal(one, other):
    def product(place):
        values = legendre(np.array([place]), 4)[0]
        return values[one] * values[other]

    assert integrate.quad(product, 0, 1)[0] == pytest.approx(float(one == other), abs=1e-9)


def test_terms_are_products():
    points = np.array([[0.5, 1.0], [1.0, 0.0]])
    # degree 1 is sqrt(3) (2x - 1), degree 2 at the ends is sqrt(5), in the middle -sqrt(5)/2
    found = evaluated(points, [((0, 2),), ((0, 1), (1, 1)), ()])
    assert found.tolist() == [pytest.approx([-(5**0.5) / 2, 0, 1]), pytest.approx([5**0.5, -3, 1])]


def test_a_basis_holds_what_it_says():
    basis = Basis(degree=1, strongest=2, strong_degree=2, pair_degree=3)
    assert basis.first_terms(3) == [((0, 1),), ((1, 1),), ((2, 1),)]
    assert basis.further_terms([0, 2]) == [
        ((0, 2),),
        ((2, 2),),
        ((0, 1), (2, 1)),
        ((0, 1), (2, 2)),
        ((0, 2), (2, 1)),
    ]


def test_a_polynomial_is_found_exactly():
    inputs = inputs_of(30, 256, 3)
    x, y, z = inputs.points[:, 4], inputs.points[:, 7], inputs.points[:, 20]
    metamodel = fit(inputs, exact(2 + 3 * x + 2 * y**2 + x * z))
    assert metamodel.coordinates == (4, 7, 20)
    assert (metamodel.q2, metamodel.r2, metamodel.q2_terms) == pytest.approx((1, 1, 1), abs=1e-9)
    assert metamodel.misfit == pytest.approx(0, abs=1e-9)
    new = np.random.default_rng(1).random((50, 30))
    wanted = 2 + 3 * new[:, 4] + 2 * new[:, 7] ** 2 + new[:, 4] * new[:, 20]
    assert np.abs(metamodel.predict(new) - wanted).max() < 1e-7


def test_left_out_errors_with_these_terms_are_those_of_leaving_out():
    world = LinearWorld(0.06, (0.02,) * 3, noise=0.02)
    inputs = inputs_of(3, 64, 2)
    responses = world.responses(inputs, 2, 4)
    metamodel = fit(inputs, responses)
    table, values = metamodel.features(inputs.points), responses.values
    errors = []
    for place in range(64):
        kept = np.arange(64) != place
        coefficients, *_ = np.linalg.lstsq(table[kept], values[kept], rcond=None)
        errors.append(values[place] - table[place] @ coefficients)
    assert metamodel.q2_terms == pytest.approx(1 - np.mean(np.square(errors)) / values.var(), rel=1e-9)


def test_noise_is_left_out():
    """Two thirds of the responses' variance are noise; of the truth at new points next to nothing is missed."""
    world = LinearWorld(0.06, (0.02,) * 6, noise=0.03)
    metamodel = world.metamodel(inputs_of(100, 1024, 5), 2, 6)
    new = sobol_points(100, 2048, 77)
    missed = ((metamodel.predict(new) - world.saving(new)) ** 2).mean()
    assert missed < 0.04 * world.variance
    assert metamodel.variance == pytest.approx(world.variance, rel=0.15)
    assert metamodel.q2 == pytest.approx(world.variance / (world.variance + 0.03**2 / 2), abs=0.06)


def test_pure_noise_is_no_knowledge():
    """Six hundred candidates fit noise well at the points themselves: only the left-out points tell."""
    metamodel = LinearWorld(0.06, (), noise=0.05).metamodel(inputs_of(300, 512, 5), 2, 6)
    assert metamodel.q2 < 0.03
    assert metamodel.variance < 0.1 * metamodel.noise


def test_what_terms_cannot_say_is_misfit():
    """A checkerboard of three inputs has no polynomial of degree 2: all of its variance, 1, has to be misfit."""
    inputs = inputs_of(5, 512, 1)
    board = np.sign(np.prod(inputs.points[:, :3] - 0.5, axis=1))
    metamodel = fit(inputs, exact(board))
    assert metamodel.misfit == pytest.approx(1, abs=0.1)
    assert metamodel.explained < 0.1
    # without noise the points say themselves what the terms cannot
    assert best_guess(metamodel, exact(board)).expected.tolist() == pytest.approx(board.tolist())


def test_what_is_uncertain_at_a_point_is_drawn_for_each_cell_anew():
    inputs = inputs_of(5, 512, 1)
    board = np.sign(np.prod(inputs.points[:, :3] - 0.5, axis=1))
    responses = mean_responses(board[:, None] + np.random.default_rng(3).normal(0, 2**0.5, size=(512, 2)))
    guess = best_guess(fit(inputs, responses), responses)
    # misfit 1 and noise 1 count alike: half of a response is believed, half the misfit stays uncertain
    assert guess.uncertainty == pytest.approx(0.5, abs=0.1)
    drawn, other = guess.draw("a cell"), guess.draw("another cell")
    assert drawn.var() == pytest.approx(1, abs=0.2)
    assert abs(np.corrcoef(drawn - guess.expected, other - guess.expected)[0, 1]) < 0.15


def test_without_a_metamodel_responses_are_drawn_towards_their_mean_as_far_as_they_are_noise():
    draws = np.random.default_rng(8)
    truth = draws.normal(0, 2, size=2000)
    responses = mean_responses(truth[:, None] + draws.normal(0, 2**0.5, size=(2000, 2)))
    guess = guess_by_responses(responses)
    # variance 4 of the truth, 1 of a point's noise: four fifths of a response are believed
    assert guess.uncertainty == pytest.approx(0.8, rel=0.1)
    assert ((guess.expected - truth) ** 2).mean() == pytest.approx(0.8, rel=0.1)
    assert guess_by_responses(exact(truth)).expected.tolist() == pytest.approx(truth.tolist())


def test_a_constant_has_no_terms():
    metamodel = fit(inputs_of(4, 64, 1), exact(np.full(64, 3.0)))
    assert metamodel.terms == ()
    assert metamodel.predict(np.full((2, 4), 0.3)).tolist() == pytest.approx([3, 3])
    assert (metamodel.variance, metamodel.misfit) == pytest.approx((0, 0))


def test_resampled_coefficients_spread_as_least_squares_do():
    world = LinearWorld(0.06, (0.02, 0.02), noise=0.02)
    inputs = inputs_of(2, 512, 2)
    metamodel = world.metamodel(inputs, 2, 8)
    spread = metamodel.refits(400, 1).coefficients.std(axis=0)
    # homoscedastic noise of variance s^2 over n orthonormal points: each coefficient has s / sqrt(n)
    assert spread.mean() == pytest.approx((metamodel.noise / 512) ** 0.5, rel=0.2)


def test_the_same_seed_gives_the_same():
    world, inputs = LinearWorld(0.06, (0.02,) * 6, noise=0.03), inputs_of(20, 128, 5)
    one, other = (world.metamodel(inputs, 2, 6) for _ in range(2))
    assert one.coefficients.tolist() == other.coefficients.tolist()
    assert one.refits(10, 3).misfit.tolist() == other.refits(10, 3).misfit.tolist()


def test_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="3 responses at 64 points"):
        fit(inputs_of(2, 64, 1), exact(np.ones(3)))


def test_draws_of_ones_own():
    uniform = uniform_draws(200, 100, "a test", 1)
    assert 0 < uniform.min() < uniform.max() < 1
    assert uniform.mean() == pytest.approx(0.5, abs=0.01)
    assert (uniform_draws(2, 3, "a test", 1) != uniform_draws(2, 3, "another", 1)).all()
    picks = resampled(50, 100, 1)
    assert (picks.shape, picks.min(), picks.max()) == ((100, 50), 0, 49)
    with pytest.raises(ValueError, match="power of two"):
        sobol_points(3, 100)


def test_an_interval_of_resamples_lies_about_the_value():
    found = bootstrapped(0.95, np.linspace(0.4, 0.6, 1001), 10, 0.0, 1.0)
    # 2.5 % and 97.5 % quantiles are 0.405 and 0.595, 0.095 from their median; cut at 1
    assert (found.low, found.high) == pytest.approx((0.855, 1.0))
