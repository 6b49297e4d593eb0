"""Pages with known ink for the tests of `inksight_cli.ink` and `inksight_cli.ownership`."""

import cv2
import numpy as np

SCALE = 4


def cursive(x, y, length, height, turns):
    """Return a stroke of loops that runs from (x, y) to the right, like quick writing."""
    t = np.linspace(0, 2 * np.pi * turns, 30 * turns)
    u = x + length * t / t[-1] + 0.25 * height * np.sin(t)
    v = y - height / 2 + height / 2 * np.cos(t) * (0.75 + 0.25 * np.cos(0.37 * t))
    return np.stack([u, v], axis=1)


def writing(height=600, width=800, pitch=75, size=30):
    """Return strokes that fill a page with lines of words."""
    rng = np.random.default_rng(7)
    strokes = []
    for y in range(70, height - 30, pitch):
        x = 40.0
        while x < width - 160:
            length = float(rng.uniform(50, 120))
            strokes.append(cursive(x, y, length, size, int(length // 14)))
            if rng.random() < 0.6:  # a dot above
                strokes.append(np.array([[x + length / 2, y - size - 9]]))
            x += length + 35
    return strokes


def draw(strokes, shape, width=3.5):
    """Return (h, w) float32 0..1: how much of each pixel the pen covers."""
    big = np.zeros((shape[0] * SCALE, shape[1] * SCALE), np.uint8)
    for stroke in strokes:
        path = np.rint(np.asarray(stroke, float) * SCALE * 16 - 8).astype(np.int32)
        if len(path) == 1:
            centre = tuple(path[0].tolist())
            cv2.circle(big, centre, round(width * SCALE * 8), 255, -1, cv2.LINE_AA, 4)
        else:
            cv2.polylines(big, [path], False, 255, round(width * SCALE), cv2.LINE_AA, 4)
    small = cv2.resize(big, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) / 255


def ruled(shape, pitch=60, width=2.0, lean=0.01, grid=False):
    """Return the coverage of printed lines, leaning a little."""
    height, columns = shape
    far = max(shape)
    lines = [[(0, y), (columns, y + lean * columns)] for y in range(-far, 2 * far, pitch)]
    if grid:
        lines += [[(x, 0), (x - lean * height, height)] for x in range(-far, 2 * far, pitch)]
    return draw(lines, shape, width)


def photo(
    ink,
    paper=(245, 242, 235),
    color=(35, 35, 45),
    rules=None,
    rule_color=(150, 175, 220),
    light=None,
    noise=3.0,
    quality=85,
):
    """Return (h, w, 3) uint8: the page as a camera might give it."""
    rng = np.random.default_rng(3)
    picture = np.ones((*ink.shape, 3), np.float32) * np.asarray(paper, np.float32)
    for cover, tone in ((rules, rule_color), (ink, color)):
        if cover is not None:
            picture += (np.asarray(tone, np.float32) - picture) * cover[..., None]
    if light is not None:
        picture *= light[..., None]
    picture += rng.normal(0, noise, (*ink.shape, 1))
    coded = cv2.imencode(
        ".jpg",
        np.clip(picture, 0, 255).astype(np.uint8),
        [cv2.IMWRITE_JPEG_QUALITY, quality],
    )[1]
    return cv2.imdecode(coded, cv2.IMREAD_COLOR)


def shadow(shape):
    """Return light that falls off to the corners, and a shadow with a hard edge."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]] / np.array(shape)[:, None, None]
    light = 1 - 0.5 * ((x - 0.5) ** 2 + (y - 0.5) ** 2)
    edge = cv2.GaussianBlur((x + 0.5 * y > 0.9).astype(np.float32), (0, 0), 2)
    return (light * (1 - 0.4 * edge)).astype(np.float32)


def precision_recall(found, truth):
    """Return both shares, where a pixel beside the truth's edge still counts."""
    near = np.ones((3, 3), np.uint8)
    wide_truth = cv2.dilate(truth.astype(np.uint8), near) > 0
    wide_found = cv2.dilate(found.astype(np.uint8), near) > 0
    return (found & wide_truth).sum() / found.sum(), (truth & wide_found).sum() / truth.sum()
