"""Photos from Debian's packages, from 1.5 to 24 megapixels: each with its author, its licence as the package's copyright file says, and
its digest. They are fetched to measure and to test, and are no part of Sandpress.
"""

import hashlib
import shutil
from typing import NamedTuple

import debian
from places import PHOTOS


class Photo(NamedTuple):
    name: str
    size: tuple[int, int]
    bytes: int
    author: str
    licence: str
    digest: str


FOLDER = "usr/share/backgrounds"

PACKAGES: dict[str, tuple[str, tuple[Photo, ...]]] = {
    "lomiri-wallpapers-16.04": (
        "20.04.0-2",
        (
            Photo(
                "Picture_1A_by_freespace.jpg",
                (1365, 1074),
                1181733,
                "Trevor Freespace",
                "CC-BY-4.0",
                "89e86af38d04daaef975665dc2127e9fa76f0fd68f4eea105a2d0ae3390b010b",
            ),
            Photo(
                "Picture_0B_by_freespace.jpg",
                (2572, 1740),
                740181,
                "Trevor Freespace",
                "CC-BY-4.0",
                "c8c0ab18e48d9e0419fe42881112137f3afafc27dfddc29ec3a6d54c56d225ad",
            ),
            Photo(
                "analogpattern_by_Peter_Nerlich.jpg",
                (2880, 2160),
                912470,
                "Peter Nerlich",
                "CC-BY-SA-4.0",
                "15372488a192b2be2eafc67bd3ed31cbfca19abe3929e925607fcbc9cb4d4202",
            ),
            Photo(
                "free_by_Peter_Nerlich.jpg",
                (2880, 2160),
                722237,
                "Peter Nerlich",
                "CC-BY-SA-4.0",
                "85a5453c2fed514c75973016f3d862aca62eb7ca087618822469274ac1092373",
            ),
            Photo(
                "greentock_by_Peter_Nerlich.jpg",
                (2880, 2160),
                769018,
                "Peter Nerlich",
                "CC-BY-SA-4.0",
                "e7b20e2db9dcd6e2b278ca55873c2110b35d89cd38b04d0b18728726888e6889",
            ),
            Photo(
                "aitzgorri_by_Aitzol_Berasategi.jpg",
                (3088, 2056),
                1072182,
                "Aitzol Berasategi",
                "CC-BY-4.0",
                "66268e7b48f8854d36a28765fac6e23ec1aee251daa6da1f64715f201020ad36",
            ),
            Photo(
                "friends_by_Aitzol_Berasategi.jpg",
                (2056, 3088),
                575004,
                "Aitzol Berasategi",
                "CC-BY-4.0",
                "cc40e313c74e421edffe3403def413c16878ce14661cce7ec5915baeab35538d",
            ),
            Photo(
                "life_by_Aitzol_Berasategi.jpg",
                (3088, 2056),
                1720388,
                "Aitzol Berasategi",
                "CC-BY-4.0",
                "4c119350ead80201fe256850c3d316309ddfb4bdf10b235ce982dcde0c667c05",
            ),
            Photo(
                "picosdeeuropa_by_Aitzol_Berasategi.jpg",
                (3264, 2448),
                1826239,
                "Aitzol Berasategi",
                "CC-BY-4.0",
                "414d0072b2f6f2c555deafeaef6e45c4fed6fa9ad26eba6560ca8803959cf97a",
            ),
            Photo(
                "umang_by_Abhishek_Mudgal.jpg",
                (3840, 2160),
                899716,
                "Abhishek Mudgal",
                "CC-BY-4.0",
                "bfb425545e77e9f0eb1b037b607fc9ed4a446f3b0f04aa2879be3556073c57ef",
            ),
            Photo(
                "Wine_by_Jakkub_Mede.jpg",
                (2560, 3837),
                522397,
                "Jakub Mede",
                "CC-BY-4.0",
                "d2e96e6d4da40dd804b3d0ce295e94de04a2d7d9b6785d42cd9d92ba58bced74",
            ),
            Photo(
                "Bridge_by_Sander_Klootwijk.jpg",
                (4352, 2448),
                914024,
                "Sander Klootwijk",
                "CC-BY-SA-4.0",
                "bd86b081f9975e2b83527f71e49b9271a8ab40885428395969d9f7d834d7f050",
            ),
            Photo(
                "sunset_by_Aitzol_Berasategi.jpg",
                (4272, 2848),
                1109778,
                "Aitzol Berasategi",
                "CC-BY-4.0",
                "474dab6a4b9f94dc76c29dfe30e9f5db4af0fd2e33fe5d695f8152b371efca18",
            ),
            Photo(
                "Dragonfly_by_Bolly.jpg",
                (4224, 3168),
                1520114,
                "Bolly",
                "CC-BY-SA-4.0",
                "af5af17841009732def24b09bb1e669a1b09d2b4bdeee7812c371101c30d2bb3",
            ),
            Photo(
                "seeding_by_Clements_Engelhardt.jpg",
                (5312, 2988),
                1485159,
                "Clemens Engelhardt",
                "CC0-1.0",
                "a5634d1ab5e41a3568e92d4a894a500c92b891f9ff734e50bd224d6e185a605f",
            ),
        ),
    ),
    "lomiri-wallpapers-20.04": (
        "20.04.0-2",
        (
            Photo(
                "Fossa_by_Jasper_Roks.jpg",
                (4096, 2304),
                300894,
                "Jasper Roks",
                "CC-BY-SA-3.0",
                "4e1f6bfd73f374ac28adbf37d5f9f7ce847dccba71e860f0ff50509316be1f82",
            ),
            Photo(
                "Infinite-Sea_by_Aury88.jpg",
                (4096, 4096),
                6691439,
                "Aury88",
                "CC-BY-SA-3.0",
                "9319dfb3651833881339a8d9b769b99efaf474969e6cd58e427eb2524aca8e8a",
            ),
            Photo(
                "Kleiber_by_Lukas_Baubkus.jpg",
                (6028, 3391),
                4379037,
                "Lukas Baubkus",
                "CC-BY-SA-3.0",
                "6572410c09f4492c74ccadde133565a14c0161617d5917d4c820c66d65a44ba7",
            ),
            Photo(
                "Painting-Colors_by__herobrine7gamer.jpg",
                (6000, 4000),
                485921,
                "HEROBRINE7GAMER",
                "CC-BY-SA-3.0",
                "dc688df829e177f23d5e2761a198d2e44e477e4b3b3c750661052c89f7abc46c",
            ),
        ),
    ),
}


def fetch() -> list[str]:
    """Copies every photo that is not there yet. Returns what cannot be had."""
    missing = []
    PHOTOS.mkdir(parents=True, exist_ok=True)
    for package, (version, photos) in PACKAGES.items():
        wanted = [photo for photo in photos if digest(photo.name) != photo.digest]
        folder = debian.unpacked(package) if wanted else None
        if wanted and folder is None:
            missing.append(f"{len(wanted)} photos: no package {package} {version} of Debian to be had")
            continue
        for photo in wanted:
            source = folder / FOLDER / photo.name
            if source.is_file():
                shutil.copyfile(source, PHOTOS / photo.name)
            if digest(photo.name) != photo.digest:
                missing.append(f"{photo.name}: not in {package} {debian.version(package)} as it was in {version}")
        for photo in photos:
            if digest(photo.name) == photo.digest:
                megapixels = photo.size[0] * photo.size[1] / 1e6
                print(f"  {photo.digest[:16]}  {megapixels:4.1f} MP  {photo.licence:12}  {photo.name}")
    return missing


def digest(name: str) -> str:
    path = PHOTOS / name
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
