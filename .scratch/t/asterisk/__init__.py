""" pyst - A set of interfaces and libraries to allow programming of asterisk from python.

The pyst project includes several python modules to assist in programming
asterisk with python:

agi     - python wrapper for agi
agitb   - a module to assist in agi debugging, like cgitb
config  - a module for parsing asterisk config files
manager - a module for interacting with the asterisk manager interface

"""

__all__ = ['agi', 'agitb', 'config', 'manager']
__version__ = '0.5.1'
