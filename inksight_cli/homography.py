"""Perspective maps of the plane: how a flattened page lies on the photo it was made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inksight_cli.geometry import Points, as_points


@dataclass(frozen=True, slots=True, eq=False)
class Homography:
    """A perspective map of the plane, in the coordinates of `inksight_cli.document`.

    Attributes:
        matrix: (3, 3) float64, acting on (x, y, 1).
    """

    matrix: NDArray[np.float64]

    @classmethod
    def identity(cls) -> Homography:
        """Return the map that changes nothing."""
        return cls(np.eye(3))

    @classmethod
    def between(cls, corners: Points, width: float, height: float) -> Homography:
        """Return the map from the rectangle ``width`` x ``height`` to ``corners`` (4, 2).

        Corners clockwise from the rectangle's top-left.
        """
        import cv2

        box = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
        matrix = cv2.getPerspectiveTransform(box, np.asarray(corners, dtype=np.float32))
        return cls(np.asarray(matrix, dtype=np.float64))

    def __call__(self, points: ArrayLike) -> Points:
        """Map ``points`` (N, 2)."""
        array = as_points(points)
        mapped = np.column_stack([array, np.ones(len(array))]) @ self.matrix.T
        return np.asarray(mapped[:, :2] / mapped[:, 2:], dtype=np.float64)

    def __matmul__(self, first: Homography) -> Homography:
        """Return the map that does ``first`` and then this one."""
        return Homography(self.matrix @ first.matrix)

    def scale_at(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return (N,) the factor by which lengths grow around each of ``points`` (N, 2).

        It is the square root of the Jacobian's determinant, det(H) / w^3: the mean over all
        directions, for perspective shortens one more than the other.
        """
        array = as_points(points)
        w = np.column_stack([array, np.ones(len(array))]) @ self.matrix[2]
        return np.asarray(np.sqrt(np.abs(np.linalg.det(self.matrix) / w**3)), dtype=np.float64)

    def inverse(self) -> Homography:
        """Return the inverse."""
        return Homography(np.asarray(np.linalg.inv(self.matrix), dtype=np.float64))
