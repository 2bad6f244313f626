"Package metadata, all of it read from settings.ini"
from configparser import ConfigParser
from pathlib import Path
from setuptools import find_packages, setup

config = ConfigParser(delimiters=['='])
config.read('settings.ini', encoding='utf8')
cfg = config['DEFAULT']
name = cfg['lib_name']

setup(
    name=name, version=cfg['version'], description=cfg['description'], keywords=cfg['keywords'],
    url=cfg['git_url'], author=cfg['author'], author_email=cfg['author_email'], license='Apache-2.0',
    long_description=Path('README.md').read_text(encoding='utf8'), long_description_content_type='text/markdown',
    packages=find_packages(include=[name, f'{name}.*']), python_requires=f'>={cfg["min_python"]}',
    install_requires=cfg['requirements'].split(),
    extras_require={k: cfg[f'{k}_requirements'].split() for k in ('dev', 'demo', 'vision', 'search')},
    entry_points={'console_scripts': cfg['console_scripts'].split(), 'nbdev': [f'{name}={name}._modidx:d']},
)
